// The reader's page beside the text: the same template and styles, filled anew after each pause, its place kept.

const form = document.getElementById("desk-form")
const pane = document.getElementById("desk-pane")
const toggle = document.getElementById("desk-beside")
const body = document.getElementById("id_body")
const PAUSE = 200
let timer
let running = null
let again = false

const frame = () => pane.querySelector("iframe")

async function refresh() {
  if (pane.hidden) return
  if (running) return (again = true)
  running = new AbortController()
  try {
    const entries = [...new FormData(form)].filter(([, value]) => typeof value === "string")
    const response = await fetch(form.dataset.preview, {method: "POST", body: new URLSearchParams(entries), signal: running.signal})
    if (response.ok) fill(await response.text())
  } catch {
    // The form's own line says that the server is away; what was last seen stays.
  }
  running = null
  if (again) {
    again = false
    refresh()
  }
}

function fill(html) {
  const view = frame().contentDocument
  const page = new DOMParser().parseFromString(html, "text/html")
  if (!view?.body?.querySelector("main")) {
    frame().addEventListener("load", follow, {once: true})
    frame().srcdoc = html
  } else {
    const place = frame().contentWindow.scrollY
    view.body.replaceWith(view.importNode(page.body, true))
    frame().contentWindow.scrollTo(0, place)
  }
  pane.dataset.filled = String(Number(pane.dataset.filled ?? 0) + 1)
}

/** Show in the preview what is about where the textarea is. */
function follow() {
  const view = frame().contentDocument
  const text = view?.querySelector(".text")
  if (pane.hidden || !text) return
  const share = body.scrollTop / Math.max(1, body.scrollHeight - body.clientHeight)
  const top = text.getBoundingClientRect().top + frame().contentWindow.scrollY
  const room = Math.max(0, text.offsetHeight - frame().clientHeight)
  frame().contentWindow.scrollTo(0, share === 0 ? 0 : top + share * room)
}

function show(open) {
  pane.hidden = !open
  form.classList.toggle("beside", open)
  toggle.setAttribute("aria-pressed", String(open))
  localStorage.setItem("desk-beside", open ? "1" : "")
  if (open) refresh()
}

if (form && toggle) {
  toggle.hidden = false
  toggle.addEventListener("click", () => show(pane.hidden))
  form.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(refresh, PAUSE)
  })
  body.addEventListener("scroll", follow, {passive: true})
  if (localStorage.getItem("desk-beside") && matchMedia("(min-width: 70rem)").matches) show(true)
}
