"use strict";
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const nameOf = (row) => row.cells[0].textContent.trim();
  const value = (row, column) => {
    const text = row.cells[column].textContent.trim();
    if (!heads[column].classList.contains("num")) return text;
    return text ? Math.abs(Number.parseFloat(text.replace("−", "-"))) : -1;
  };
  const compare = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true }));
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sorted = head.getAttribute("aria-sort");
      const falling = sorted ? sorted === "ascending" : column > 0;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const order = [...body.rows].sort((a, b) => compare(value(a, column), value(b, column)) * (falling ? -1 : 1));
      body.append(...order);
    });
  });

  const form = table.closest("section").querySelector("[data-find]");
  if (!form) continue;
  const [input, select, output, all] = ["input", "select", "output", "button"].map((name) => form.querySelector(name));
  const nobody = { rows: null, about: "", hash: "" };
  let picked = nobody;
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, place) => {
      const name = nameOf(row).toLowerCase();
      const isAsked = !select?.value || (row.dataset.is ?? "").split(" ").includes(select.value);
      row.hidden = !(words.every((word) => name.includes(word)) && isAsked && (!picked.rows || picked.rows.has(place)));
      if (!row.hidden) count += 1;
      const link = row.cells[0].querySelector("a");
      if (link) link.hash = picked.hash;
    });
    const isWhole = count === rows.length && !picked.rows;
    output.value = (isWhole ? `${count} shown` : `${count} of ${rows.length} shown`) + (picked.about && ` · ${picked.about}`);
    all.hidden = isWhole;
  };
  const reset = () => {
    input.value = "";
    if (select) select.value = "";
    picked = nobody;
    show();
  };
  const placesOf = (ranges) => {
    const places = new Set();
    for (const range of ranges.split(",")) {
      const [first, last = first] = range.split("-").map(Number);
      for (let place = first; place <= last; place += 1) places.add(place);
    }
    return places;
  };
  input.addEventListener("input", show);
  select?.addEventListener("change", show);
  all.addEventListener("click", () => { reset(); input.focus(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") reset();
    if (event.key === "Enter") [...body.rows].find((row) => !row.hidden)?.querySelector("a")?.click();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
  for (const link of document.querySelectorAll("a[data-rows]")) {
    link.addEventListener("click", () => {
      reset();
      picked = { rows: placesOf(link.dataset.rows), about: link.dataset.about, hash: link.dataset.at };
      show();
    });
  }
  form.hidden = false;
  show();
}
