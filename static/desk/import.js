// Goes on with an upload by itself, a few seconds at a time, where a button would do it.

const form = document.getElementById("desk-step")
const wait = form?.dataset.busy ? 3000 : 50 // milliseconds; while another tab is at it, it is let be
if (form) setTimeout(() => form.requestSubmit(), wait)
