"use strict";
const form = document.getElementById("decision-form");
const go = (id) => {
  const link = document.getElementById(id);
  if (link) link.click();
};
const isText = (element) => element.matches("textarea, input[type=text]");
const pick = (control) => {
  control.click();
  if (control.value === "other") document.getElementById("other").focus();
};
const say = () => {
  const count = form.querySelectorAll("[name=also]:checked").length;
  form.querySelector("[data-count]").textContent = count ? ` for ${count + 1}` : "";
};
if (form) {
  say();
  form.addEventListener("change", (event) => {
    const sum = form.querySelector("[data-sum]");
    if (event.target.name === "criterion" && sum) sum.checked = true;
    say();
  });
  const other = document.getElementById("other");
  other.addEventListener("input", () => {
    form.querySelector("[name=grade][value=other]").checked = true;
  });
}
document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (event.key === "Escape") target.blur();
  if (event.key === "Enter" && form && form.contains(target) && target.matches("textarea") && (event.ctrlKey || event.metaKey)) {
    form.requestSubmit(form.querySelector("button.main"));
  }
  if (event.altKey || event.ctrlKey || event.metaKey || isText(target)) return;
  if (event.key === "Enter") {
    if (form && !target.matches("a, button, summary")) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button.main"));
    }
    return;
  }
  const moves = { j: "after", k: "before", q: "to-queue" };
  if (event.key in moves) return go(moves[event.key]);
  if (!form) return;
  if (event.key === "c") {
    event.preventDefault();
    return document.getElementById("comment").focus();
  }
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (control) {
    event.preventDefault();
    pick(control);
  }
});
