// The index of themes, narrowed while somebody types: by name, other names and definition, in any spelling.
const box = document.getElementById("page_filter_box")
const said = document.getElementById("page_filtered")

const folded = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ı/g, "i")
    .replace(/\s+/g, " ")

if (box) {
  const themes = [...document.querySelectorAll(".index > li")].map((item) => [item, folded(item.textContent)])
  const letters = [...document.querySelectorAll(".letter")]
  const narrow = () => {
    const words = folded(box.value).split(" ").filter(Boolean)
    let shown = 0
    for (const [item, text] of themes) {
      item.hidden = !words.every((word) => text.includes(word))
      shown += !item.hidden
    }
    for (const letter of letters) letter.hidden = !letter.querySelector("li:not([hidden])")
    document.getElementById("page_letters").hidden = words.length > 0
    said.textContent = words.length ? `${said.dataset.words} ${shown}/${themes.length}` : ""
  }
  document.getElementById("page_filter").hidden = false
  box.addEventListener("input", narrow)
  narrow() // the browser may have kept what was typed
}
