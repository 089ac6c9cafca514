// Themes, authors and deep dives offered under the box; one chosen is gone to. Without a script the form searches.
const box = document.getElementById("page_q")
const list = document.getElementById("page_suggestions")
let addresses = new Map()
let asked = 0

async function offer() {
  const number = ++asked
  const answer = await fetch(`/search/suggestions/?q=${encodeURIComponent(box.value)}`).catch(() => null)
  if (!answer?.ok || number !== asked) return
  const [, titles, kinds, links] = await answer.json()
  addresses = new Map(titles.map((title, place) => [title, links[place]]))
  list.replaceChildren(...titles.map((title, place) => new Option(kinds[place], title)))
}

if (box && list) {
  let pause
  box.addEventListener("input", (event) => {
    clearTimeout(pause)
    // Typing has a kind; choosing from the list has none, or says that it replaces.
    const chosen = !event.inputType || event.inputType === "insertReplacementText"
    if (chosen && addresses.has(box.value)) location.assign(new URL(addresses.get(box.value)).pathname)
    else if (box.value.trim().length > 1) pause = setTimeout(offer, 150)
  })
}
