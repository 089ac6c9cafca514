// "Changed since you last read it": the date of the last visit stays in this browser and goes nowhere.
const line = document.getElementById("page_since")
if (line) {
  const key = `read:${location.pathname}`
  try {
    const before = localStorage.getItem(key)
    if (before && line.dataset.updated > before) {
      const link = document.createElement("a") // made here, for browsers without scripts show what is hidden
      link.href = `changes/?since=${encodeURIComponent(before)}`
      link.append(line.dataset.link)
      line.append(line.dataset.words, " ", link)
      line.hidden = false
    }
    localStorage.setItem(key, new Date().toISOString())
  } catch {
    // A browser that keeps nothing shows the article as it is.
  }
}
