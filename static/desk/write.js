// The textarea stays a textarea; everything here types into it as the editor would, so that undo takes it back.

const body = document.getElementById("id_body")
const words = JSON.parse(document.getElementById("desk-words")?.textContent ?? "{}")

/** Type `text` in place of the selection. */
export function type(text) {
  body.focus()
  const place = [body.selectionStart, body.selectionEnd]
  body.setSelectionRange(0, 0) // a moved caret ends the step of undo that was being typed
  body.setSelectionRange(...place)
  if (!document.execCommand("insertText", false, text)) body.setRangeText(text, body.selectionStart, body.selectionEnd, "end")
}

function lineAtCaret() {
  const start = body.value.lastIndexOf("\n", body.selectionStart - 1) + 1
  return {start, text: body.value.slice(start, body.selectionStart)}
}

/** Enter in a list begins its next item, and on an empty one ends the list. */
function continueList(event) {
  if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (body.selectionStart !== body.selectionEnd) return
  const {start, text} = lineAtCaret()
  const item = /^(\s*)(?:([-*+])|(\d{1,6})([.)]))(\s+)(.*)$/.exec(text)
  if (!item) return
  event.preventDefault()
  const [, indent, bullet, number, mark, gap, rest] = item
  if (rest.trim() === "") {
    body.setSelectionRange(start, body.selectionStart)
    type("\n") // the blank line that Markdown wants behind a list
  } else type(`\n${indent}${bullet ?? Number(number) + 1 + mark}${gap}`)
}

const SHORTCUTS = {b: "md-bold", i: "md-italic", k: "md-link"}

/** Ctrl or ⌘ with B, I or K presses the toolbar's button. */
function shortcut(event) {
  const name = SHORTCUTS[event.key.toLowerCase()]
  if (!name || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
  event.preventDefault()
  document.querySelector(name)?.click()
}

function addNote() {
  const used = [...body.value.matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1]))
  const label = Math.max(0, ...used) + 1
  const place = body.selectionEnd
  const end = body.value.replace(/\n+$/, "").length
  body.setSelectionRange(end, body.value.length)
  type(`\n\n[^${label}]: `)
  const note = body.selectionEnd
  body.setSelectionRange(place, place)
  type(`[^${label}]`)
  body.setSelectionRange(note + `[^${label}]`.length, note + `[^${label}]`.length)
}

function addTable() {
  const before = lineAtCaret().text === "" ? "" : "\n\n"
  type(`${before}| ${words.column} | ${words.column} |\n|---|---:|\n|  |  |\n`)
}

function addChart() {
  const before = lineAtCaret().text === "" ? "" : "\n\n"
  const settings = "type: line\ntitle: \nunit: \nsource: \n"
  type(`${before}\`\`\`chart\n${settings}\n| ${words.column} | ${words.column} |\n|---|---:|\n|  |  |\n\`\`\`\n`)
}

// Tables -------------------------------------------------------------------------------------------------------------

/** The rows of a pasted spreadsheet or HTML table as [[cell, …], …], or null when `transfer` holds none. */
function cells(transfer) {
  const html = transfer?.getData("text/html") ?? ""
  if (/<table[\s>]/i.test(html)) {
    const table = new DOMParser().parseFromString(html, "text/html").querySelector("table")
    return [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent))
  }
  const lines = (transfer?.getData("text/plain") ?? "").replace(/\s+$/, "").split(/\r?\n/)
  const rows = lines.map((line) => line.split("\t"))
  return rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length) ? rows : null
}

function tableOf(rows) {
  const width = Math.max(...rows.map((row) => row.length))
  const tidy = (cell = "") => cell.trim().replace(/\s+/g, " ").replaceAll("|", "\\|")
  const [head, ...rest] = rows.map((row) => Array.from({length: width}, (_, column) => tidy(row[column])))
  const isNumber = (column) => rest.length && rest.every((row) => /^[-+–−]?[\d.,\s]*%?$/.test(row[column]))
  const line = (row) => `| ${row.join(" | ")} |`
  const rule = head.map((_, column) => (isNumber(column) ? "---:" : "---"))
  return [line(head), `|${rule.join("|")}|`, ...rest.map(line)].join("\n")
}

function pasteTable(event) {
  const rows = cells(event.clipboardData)
  if (!rows?.length) return
  event.preventDefault()
  event.stopImmediatePropagation()
  const before = /(^|\n\n)$/.test(body.value.slice(0, body.selectionStart)) ? "" : "\n\n"
  type(`${before}${tableOf(rows)}\n`)
}

// Counting -----------------------------------------------------------------------------------------------------------

function count() {
  const prose = body.value.replace(/^\[\^[^\]\s]+\]:.*$/gm, " ").replace(/\]\([^)]*\)/g, "]").replace(/\[@[^\]]*\]/g, " ")
  const total = (prose.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).length
  const minutes = Math.max(1, Math.round(total / 230))
  document.getElementById("desk-count").textContent = words.count.replace("%w", total.toLocaleString()).replace("%m", minutes)
}

// Links by name ------------------------------------------------------------------------------------------------------

let asked = 0

function suggest(event) {
  const {key, text, provide} = event.detail
  const question = ++asked
  const unlessOutdated = (answer) => (question === asked ? answer : new Promise(() => {})) // an old answer closes no menu
  const source = {"[[": body.dataset.suggest, "@": body.dataset.cite}[key]
  if (!source || (key === "@" && text.trim().length < 3)) return
  provide(
    fetch(`${source}?q=${encodeURIComponent(text)}`, {headers: {Accept: "application/json"}})
      .then((response) => response.json())
      .then(({found}) => {
        const menu = document.createElement("ul")
        menu.className = "desk-menu"
        menu.setAttribute("role", "listbox")
        menu.append(...found.map(key === "@" ? sourceItem : linkItem))
        return unlessOutdated({matched: found.length > 0, fragment: menu})
      })
      .catch(() => unlessOutdated({matched: false})),
  )
}

function menuItem(text, small, written) {
  const item = document.createElement("li")
  item.setAttribute("role", "option")
  item.dataset.text = written
  item.append(text, Object.assign(document.createElement("small"), {textContent: ` ${small}`}))
  return item
}

const linkItem = ([name, kind, link]) => menuItem(name, kind, link)
const sourceItem = ([name, sourceKey]) => menuItem(name, sourceKey, `[@${sourceKey}]`)

function chosen(event) {
  event.preventDefault() // the element would replace the whole value, and undo with it
  const {item, key} = event.detail
  const end = body.selectionStart
  const start = body.value.lastIndexOf(key, end - 1)
  event.target.dismiss()
  body.setSelectionRange(start, end)
  type(item.dataset.text)
}

// Pictures -----------------------------------------------------------------------------------------------------------

async function addPictures(files) {
  const dialog = document.getElementById("desk-picture")
  for (const file of files) {
    const caret = [body.selectionStart, body.selectionEnd]
    const ours = dialog.querySelector("form")
    const problem = dialog.querySelector("[role=alert]")
    ours.reset()
    problem.textContent = ""
    dialog.querySelector("img").src = URL.createObjectURL(file)
    dialog.querySelector("[data-name]").textContent = file.name
    dialog.showModal()
    const markdown = await new Promise((resolve) => {
      dialog.onclose = () => resolve(null)
      ours.onsubmit = async (event) => {
        if (event.submitter?.value === "cancel") return
        event.preventDefault()
        const data = new FormData(ours)
        data.set("file", file)
        const token = document.querySelector("#desk-form [name=csrfmiddlewaretoken]").value
        try {
          const headers = {"X-CSRFToken": token, Accept: "application/json"}
          const response = await fetch(ours.getAttribute("action"), {method: "POST", body: data, headers})
          const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {}
          if (answer.markdown) resolve(answer.markdown)
          else problem.textContent = answer.problem ?? (answer.login ? words.loggedOut : words.refused.replace("%s", response.status))
        } catch {
          problem.textContent = words.away
        }
      }
    })
    dialog.onclose = null
    dialog.close()
    URL.revokeObjectURL(dialog.querySelector("img").src)
    body.setSelectionRange(...caret)
    if (markdown) type(markdown)
  }
}

// Remarks ------------------------------------------------------------------------------------------------------------

/** Send a remark without leaving the page, with the passage that is selected in the text. */
async function talk(event) {
  const ours = event.target
  const section = ours.closest("#desk-talk")
  if (!section) return
  event.preventDefault()
  const data = new URLSearchParams(new FormData(ours, event.submitter))
  if ("aboutSelection" in ours.dataset && body.selectionStart !== body.selectionEnd) {
    data.set("quote", body.value.slice(body.selectionStart, body.selectionEnd))
    data.set("place", body.selectionStart)
  }
  const token = document.querySelector("#desk-form [name=csrfmiddlewaretoken]").value
  try {
    const headers = {"X-CSRFToken": token, "X-Requested-With": "fetch"}
    const response = await fetch(ours.getAttribute("action"), {method: "POST", body: data, headers})
    const page = new DOMParser().parseFromString(await response.text(), "text/html")
    const fresh = page.getElementById("desk-talk")
    if (response.ok && fresh) section.replaceWith(document.importNode(fresh, true))
    else throw new Error(response.status)
  } catch {
    const line = Object.assign(document.createElement("p"), {className: "errornote", textContent: words.away})
    ours.before(line) // what was typed stays where it is
  }
}

// Start --------------------------------------------------------------------------------------------------------------

if (body) {
  body.addEventListener("keydown", continueList)
  body.addEventListener("keydown", shortcut)
  document.addEventListener("submit", talk)
  let timer
  body.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(count, 400)
  })
  count()
  document.getElementById("desk-note")?.addEventListener("click", addNote)
  document.getElementById("desk-table")?.addEventListener("click", addTable)
  document.getElementById("desk-chart")?.addEventListener("click", addChart)
  const chooser = document.getElementById("desk-file")
  document.getElementById("desk-image")?.addEventListener("click", () => chooser.click())
  chooser?.addEventListener("change", () => addPictures([...chooser.files]).then(() => (chooser.value = "")))
  const expander = body.closest("text-expander")
  expander?.addEventListener("text-expander-change", suggest)
  expander?.addEventListener("text-expander-value", chosen)
  if (chooser) {
    const pictures = (transfer) => [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"))
    for (const [name, source] of [["paste", "clipboardData"], ["drop", "dataTransfer"]]) {
      body.addEventListener(name, (event) => {
        const files = pictures(event[source])
        if (!files.length) return
        event.preventDefault()
        event.stopImmediatePropagation()
        addPictures(files)
      })
    }
  }
  body.addEventListener("paste", pasteTable)
  import(body.dataset.paste).then(({subscribe}) => subscribe(body))
}
