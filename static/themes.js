// The index of themes, narrowed while somebody types: by name, other names and definition, in any spelling. The server
// has folded them (names.py); what is typed is folded here by its table of letters.
const box = document.getElementById("page_filter_box")
const said = document.getElementById("page_filtered")

const folded = (text, letters) =>
  text
    .replace(/([\p{L}\p{N}]{2})['’ʼ`´]\p{L}+/gu, "$1") // an ending: Türkiye'nin
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFC")
    .replace(/\p{L}/gu, (letter) => letters[letter] ?? letter)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)

if (box) {
  const letters = JSON.parse(box.dataset.letters)
  // S400 is S-400: each text stands there once more without its spaces
  const themes = [...document.querySelectorAll(".index > li")].map((item) => {
    const text = item.dataset.names
    return [item, `${text} ${text.replaceAll(" ", "")}`]
  })
  const sections = [...document.querySelectorAll(".letter")]
  const narrow = () => {
    const words = folded(box.value, letters)
    let shown = 0
    for (const [item, text] of themes) {
      item.hidden = !words.every((word) => text.includes(word))
      shown += !item.hidden
    }
    for (const section of sections) section.hidden = !section.querySelector("li:not([hidden])")
    document.getElementById("page_letters").hidden = words.length > 0
    said.textContent = words.length ? `${said.dataset.words} ${shown}/${themes.length}` : ""
  }
  document.getElementById("page_filter").hidden = false
  box.addEventListener("input", narrow)
  narrow() // the browser may have kept what was typed
}
