// Selecting words with the mouse, or pressing one twice, ticks them; without this script each is ticked by itself.
document.addEventListener("mouseup", () => {
  const selection = document.getSelection();
  if (selection.isCollapsed) return;
  const words = [...document.querySelectorAll(".redact-words label")];
  const chosen = words.filter((word) => selection.containsNode(word, true));
  if (chosen.length < 2 && !chosen.some((word) => word.textContent.trim() === selection.toString().trim())) return;
  const boxes = chosen.map((word) => word.querySelector("input"));
  const tick = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = tick;
  selection.removeAllRanges();
});
document.addEventListener("dblclick", (event) => {
  const box = event.target.closest(".redact-words label")?.querySelector("input");
  if (box) box.checked = true;
  document.getSelection().removeAllRanges();
});
