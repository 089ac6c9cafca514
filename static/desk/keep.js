// Nothing typed is lost: the form is kept on the server every few seconds and in this browser at once; when the server
// is away or the session has ended, the page says so, goes on keeping and tries again.

const form = document.getElementById("desk-form")
const words = JSON.parse(document.getElementById("desk-words")?.textContent ?? "{}")
const PAUSE = 2000 // milliseconds of no typing before the server is asked to keep it
const AT_MOST = 10000 // and no longer than this while typing goes on
const PULSE = 15000
const RETRY = 4000
const DEAD = 70000 // a copy whose page has not been heard of for so long belongs to nobody
const DAY = 86400000
const PREFIX = "desk-copy:"

// The browser writes localStorage to the disk after seconds: what a crash must not take is in IndexedDB as well, at once.
const database = new Promise((done, failed) => {
  const asked = indexedDB.open("desk", 1)
  asked.onupgradeneeded = () => asked.result.createObjectStore("copies")
  asked.onsuccess = () => done(asked.result)
  asked.onerror = () => failed(asked.error)
})
const within = async (mode, act) => {
  const change = (await database).transaction("copies", mode, {durability: "strict"})
  const asked = act(change.objectStore("copies"))
  change.commit?.() // or it ends with a page that is being left
  await new Promise((done, failed) => Object.assign(change, {oncomplete: done, onerror: failed, onabort: failed}))
  return asked.result
}
const waiting = new Map()
let writing = false
const write = async () => {
  if (writing) return
  writing = true
  try {
    for (const [name, value] of waiting) { // what comes meanwhile is waited for too; of one copy the last is written
      waiting.delete(name)
      await within("readwrite", (rows) => rows.put(value, name))
    }
  } catch {
    waiting.clear() // a browser that keeps nothing
  }
  writing = false
}
const put = (name, value) => {
  waiting.set(name, value)
  write()
  localStorage.setItem(name, value)
}
const drop = (name) => {
  waiting.set(name, JSON.stringify({at: Date.now()})) // a crash may bring back to localStorage what was dropped
  write()
  localStorage.removeItem(name)
}
const written = (text) => {
  const {at, alive} = JSON.parse(text ?? "{}")
  return at ?? alive ?? -1
}
/** Bring localStorage to what it was before a crash, which takes the last seconds from it. */
const bring = async () => {
  for (const name of await within("readonly", (rows) => rows.getAllKeys())) {
    const text = await within("readonly", (rows) => rows.get(name))
    const isThere = text && "fields" in JSON.parse(text)
    if (text && written(text) > written(localStorage.getItem(name))) {
      if (isThere) localStorage.setItem(name, text)
      else localStorage.removeItem(name)
    }
    if (text && !isThere && Date.now() - written(text) > DAY) await within("readwrite", (rows) => rows.delete(name))
  }
}
/** Say, as long as this page lives, that the copy called `name` is its own. */
const own = (name) => navigator.locks?.request(name, () => new Promise(() => {}))
/** Whether the page of the copy `name`, last heard of at `when`, lives in another tab. */
const lives = async (name, when) =>
  navigator.locks ? (await navigator.locks.query()).held.some((lock) => lock.name === name) : Date.now() - when < DEAD

/** The cookie of that name, which has `__Host-` before it over https. */
export const cookie = (name) => {
  const all = new Map(document.cookie.split("; ").map((part) => [part.split("=", 1)[0], part.slice(part.indexOf("=") + 1)]))
  return all.get(`__Host-${name}`) ?? all.get(name) ?? ""
}

/** Everything in the form but the token, as [[name, value], …]. */
export const contents = () =>
  [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string")

function start() {
  const state = document.getElementById("desk-state")
  const key = () => `${PREFIX}${form.dataset.article}:${form.elements.form.value}`
  let saved = "changed" in form.dataset ? null : JSON.stringify(contents()) // what the server's working copy holds
  let kept = saved // what the server has kept
  let began = 0
  let timer
  let leaving = false
  let busy = Promise.resolve(true)

  const now = () => JSON.stringify(contents())
  const say = (text, kind = "") => {
    if (state.textContent !== text) state.textContent = text
    state.className = `desk-state ${kind}`
  }

  const copy = (alive = Date.now()) => {
    try {
      if (now() === saved) drop(key())
      else put(key(), JSON.stringify({fields: contents(), alive, at: Date.now()}))
      return true
    } catch {
      return false
    }
  }

  const send = async (url, entries, signal) => {
    const body = new URLSearchParams(entries)
    const headers = {"X-CSRFToken": cookie("csrftoken"), Accept: "application/json"}
    return fetch(url, {method: "POST", body, headers, signal, redirect: "manual"})
  }

  const trouble = (text, login) => {
    say(`${text} ${copy() ? words.copied : words.uncopied}`, "trouble")
    if (login) {
      const link = document.createElement("a")
      Object.assign(link, {href: login, target: "_blank", textContent: words.login})
      state.append(" ", link)
    }
    schedule(RETRY)
    return false
  }

  /** Ask the server to keep the form; whether it did. One question at a time, each with what the form holds then. */
  const keep = () => (busy = busy.then(ask, ask))
  const ask = async () => {
    clearTimeout(timer)
    const typed = now()
    began = 0
    let response
    try {
      const entries = [...contents(), ...(typed === kept ? [] : [["changed", "1"]])]
      response = await send(form.dataset.keep, entries, AbortSignal.timeout(15000))
    } catch {
      return trouble(words.away)
    }
    const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {}
    if (answer.login) return trouble(words.loggedOut, answer.login)
    if (!response.ok) return trouble(answer.problem ?? words.refused.replace("%s", response.status))
    refreshToken()
    kept = typed
    if (answer.checks) showChecks(answer.checks)
    if (answer.address) becomeDraft(answer)
    if (typed !== saved) say(words.kept.replace("%s", answer.kept), "kept")
    else if (state.classList.contains("trouble")) say("")
    if (answer.newer) say(`${state.textContent} ${answer.newer} ${words.merges}`, "kept")
    const others = document.getElementById("desk-others")
    others.hidden = !answer.others?.length
    if (answer.others?.length) others.textContent = words.others.replace("%s", answer.others.join(", "))
    schedule(PULSE)
    return true
  }

  const schedule = (wait) => {
    clearTimeout(timer)
    timer = setTimeout(keep, wait)
  }

  const refreshToken = () => {
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = cookie("csrftoken") || input.value
  }

  const checks = document.getElementById("desk-checks")
  let shownChecks = ""
  const showChecks = (found) => {
    if (JSON.stringify(found) === shownChecks) return
    shownChecks = JSON.stringify(found)
    const item = ({blocks, message, field, start, end}) => {
      const line = document.createElement("li")
      const link = Object.assign(document.createElement("a"), {href: `#id_${field}`, textContent: message})
      if (start !== null) Object.assign(link.dataset, {start, end})
      const label = Object.assign(document.createElement("span"), {className: "label"})
      label.textContent = blocks ? checks.dataset.blocks : checks.dataset.advice
      line.className = blocks ? "blocks" : "advice"
      line.append(label, " ", link)
      return line
    }
    const none = Object.assign(document.createElement("li"), {textContent: checks.dataset.none})
    checks.replaceChildren(...(found.length ? found.map(item) : [none]))
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-start]")
    if (!link) return
    event.preventDefault()
    const text = form.elements.body
    const before = text.value
    text.focus()
    // A selection far below is scrolled to only when it is typed at: measure by the lines before it.
    text.setSelectionRange(Number(link.dataset.start), Number(link.dataset.end))
    const share = before.slice(0, Number(link.dataset.start)).split("\n").length / before.split("\n").length
    text.scrollTop = Math.max(0, share * text.scrollHeight - text.clientHeight / 2)
  })

  /** The server made a draft of a new article: go on as its form. */
  const becomeDraft = (answer) => {
    drop(key())
    form.elements.based_on.value = answer.based_on
    Object.assign(form.dataset, {article: answer.article, keep: answer.keep, preview: answer.preview})
    form.setAttribute("action", answer.address) // form.action is a button here
    for (const button of form.querySelectorAll("[data-preview]")) button.formAction = answer.preview
    history.replaceState(null, "", answer.address)
    own(key())
    kept = now()
  }

  form.addEventListener("input", () => {
    copy()
    began ||= Date.now()
    schedule(Math.max(0, Math.min(PAUSE, began + AT_MOST - Date.now())))
  })

  form.addEventListener("submit", async (event) => {
    const button = event.submitter
    refreshToken()
    if (leaving || button?.formTarget === "_blank") return
    event.preventDefault()
    if (form.hasAttribute("aria-busy")) return
    form.setAttribute("aria-busy", "true")
    say(words.saving)
    const reached = await keep()
    form.removeAttribute("aria-busy")
    if (!reached) return
    leaving = true
    copy(0)
    form.requestSubmit(button)
    setTimeout(() => (leaving = false), 20000) // it never went
  })

  addEventListener("beforeunload", (event) => {
    if (!leaving && now() !== saved) event.preventDefault()
  })
  addEventListener("pagehide", () => {
    if (now() === kept && !leaving) drop(key())
    else copy(0)
    const entries = [...contents(), ["closed", "1"], ["csrfmiddlewaretoken", cookie("csrftoken")]]
    if (form.dataset.article !== "new") navigator.sendBeacon?.(form.dataset.keep, new URLSearchParams(entries))
  })
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload() // the page that the browser kept may be older than what is stored
  })
  setInterval(() => now() !== saved && copy(), PULSE)

  const adopt = async () => {
    await bring().catch(() => {})
    if (form.dataset.saved) drop(`${PREFIX}${form.dataset.article}:${form.dataset.saved}`)
    if (form.dataset.saved) drop(`${PREFIX}new:${form.dataset.saved}`)
    const mine = `${PREFIX}${form.dataset.article}:`
    for (const name of Object.keys(localStorage).filter((name) => name.startsWith(mine) && name !== key())) {
      const found = JSON.parse(localStorage.getItem(name))
      if (!found) continue // another tab has taken it meanwhile
      const offer = document.querySelector(`[data-form="${name.slice(mine.length)}"]`)
      if (await lives(name, found.alive)) {
        offer?.remove() // another tab of one's own, still open, is nothing to worry about
        continue
      }
      const response = await send(form.dataset.keep, [...found.fields, ["changed", "1"]]).catch(() => null)
      if (!response?.ok) continue
      drop(name)
      offer?.remove() // the page was made before: what the server keeps of that form is this now
      const answer = await response.json()
      if (answer.offer || answer.address) show(answer.offer ?? answer.address)
    }
  }

  const show = (address) => {
    const line = document.createElement("p")
    const link = Object.assign(document.createElement("a"), {href: address, textContent: words.look})
    line.className = "desk-kept"
    line.append(words.found, " ", link)
    form.before(line)
  }

  if (form.dataset.saved) history.replaceState(null, "", location.pathname)
  own(key())
  adopt().catch(() => {})
  keep()
}

if (form) start()
