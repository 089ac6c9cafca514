// "Changed since you last read it": the date of the last visit stays in this browser and goes nowhere.
const line = document.getElementById("page_since")
if (line) {
  const key = `read:${location.pathname}`
  try {
    const before = localStorage.getItem(key)
    if (before && line.dataset.updated > before) {
      line.querySelector("a").href += `?since=${encodeURIComponent(before)}`
      line.hidden = false
    }
    localStorage.setItem(key, new Date().toISOString())
  } catch {
    // A browser that keeps nothing shows the article as it is.
  }
}
