// Only the grounds of the right that is chosen can be; without this script they stand under the names of their rights.
for (const ground of document.querySelectorAll("select[name=ground]")) {
  const right = ground.form.elements.right;
  if (!right) continue;
  const names = new Set([...right.options].map((option) => option.text));
  const show = () => {
    const chosen = right.selectedOptions[0];
    for (const group of ground.querySelectorAll("optgroup")) {
      const isOfAnother = chosen.value !== "" && names.has(group.label) && group.label !== chosen.text;
      group.hidden = group.disabled = isOfAnother;
    }
  };
  right.addEventListener("change", show);
  show();
}
