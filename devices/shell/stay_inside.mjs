/**
 * Runs before every page on the terminal's screen: keys of the browser, its menu behind a long
 * press, and dragging come to nothing. What a person types, and the keys that move about in a page
 * or a field, work as ever. Keys that the browser never gives to a page are the launcher's matter.
 * Five touches in the upper left corner within four seconds lead to the technician's pages, which
 * ask for a code; they are there with and without the line.
 */
(() => {
  const free = new Set(['Tab', 'Enter', 'Backspace', 'Delete', 'Home', 'End', 'PageUp', 'PageDown',
    'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Escape', 'Shift', 'CapsLock'])
  const refuse = (event) => event.preventDefault()
  const weigh = (event) => {
    const held = event.ctrlKey || event.altKey || event.metaKey
    const character = [...event.key].length === 1
    const leaves = event.key === 'Escape' && event.shiftKey
    if (held || leaves || !(character || free.has(event.key))) refuse(event)
  }
  const first = { capture: true, passive: false }
  window.addEventListener('keydown', weigh, first)
  for (const kind of ['contextmenu', 'dragstart', 'drop', 'dragover', 'auxclick']) {
    window.addEventListener(kind, refuse, first)
  }
  const touches = []
  window.addEventListener('pointerdown', (event) => {
    const inCorner = event.clientX < 96 && event.clientY < 96 && window === window.top
    if (!inCorner) touches.length = 0
    else touches.push(event.timeStamp)
    if (touches.length < 5) return
    const quick = touches.at(-1) - touches.at(-5) < 4000
    if (quick) window.location.assign('/device/technician/')
  }, first)
  // Zoom by wheel and by two fingers would leave the next person a page of another size.
  window.addEventListener('wheel', (event) => { if (event.ctrlKey) refuse(event) }, first)
})()
