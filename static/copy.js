// A button beside each address that copies it; made here, for without a script the link is all there is.
const list = document.querySelector("[data-copy]")
if (list && navigator.clipboard) {
  for (const link of list.querySelectorAll("a[type]")) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "copy"
    button.textContent = list.dataset.copy
    button.setAttribute("aria-label", `${list.dataset.copy}: ${link.getAttribute("aria-label") || link.href}`)
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(link.href)
        button.textContent = list.dataset.copied
      } catch {
        button.textContent = list.dataset.refused
      }
      setTimeout(() => (button.textContent = list.dataset.copy), 4000)
    })
    link.after(" ", button)
  }
}
