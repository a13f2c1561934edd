// Entries: one opens its evidence beneath the chart; arrows lead from one to the next, so one tab stop is enough.
var panel = byId("panel"), tip = byId("tip"), chosen = null;
function open(button) {
  if (chosen) { chosen.setAttribute("aria-expanded", "false"); }
  if (chosen === button || !button) { chosen = null; panel.hidden = true; return; }
  chosen = button;
  button.setAttribute("aria-expanded", "true");
  var row = byId("r" + button.dataset.row), summary = row.querySelector("summary"), title = element("h3");
  title.append(element("span", "time", summary.querySelector(".time").textContent), "  ",
    element("span", "muted", since(data.rows[button.dataset.row][0])), "  ", summary.querySelector(".what").textContent);
  var close = element("button", "close", "\u00d7");
  close.type = "button"; close.setAttribute("aria-label", "Close");
  close.addEventListener("click", function () { var last = chosen; open(null); if (last) { last.focus(); } });
  panel.className = "panel " + row.dataset.lane;
  panel.replaceChildren(close, title, copyOf(row.querySelector(".evidence")));
  copyable(panel);
  panel.hidden = false;
  panel.scrollIntoView({ block: "nearest" });
}

var entries = all(".entry");
entries.sort(function (a, b) { return a.dataset.row - b.dataset.row; });
function reach(button) { entries.forEach(function (other) { other.tabIndex = other === button ? 0 : -1; }); }
function step(from, by) {
  for (var at = from + by; at >= 0 && at < entries.length; at += by) {
    if (!entries[at].classList.contains("off")) { return entries[at]; }
  }
  return null;
}
entries.forEach(function (button, number) {
  button.addEventListener("click", function () { reach(button); open(button); });
  button.addEventListener("keydown", function (event) {
    var next = { ArrowRight: step(number, 1), ArrowLeft: step(number, -1), Home: step(-1, 1), End: step(entries.length, -1) }[event.key];
    if (next) { reach(next); next.focus(); }
    if (next !== undefined) { event.preventDefault(); event.stopPropagation(); }
    if (event.key === "Escape") { open(null); }
  });
  button.addEventListener("pointerenter", function () { hover(button); });
  button.addEventListener("focus", function () { reach(button); hover(button); });
  button.addEventListener("pointerleave", unhover);
  button.addEventListener("blur", unhover);
  button.removeAttribute("title");
});
if (entries.length) { reach(entries[0]); }

// What lies under the pointer, at once; a title of the browser comes after a second, and never for a keyboard.
function hover(button) {
  var at = data.rows[button.dataset.row], row = byId("r" + button.dataset.row), box = button.getBoundingClientRect();
  var head = day(at[0]) + " " + clock(at[0], true) + (local ? " " + offset(at[0]) : " UTC");
  if (at[1] && at[1] !== at[0]) { head += " to " + clock(at[1], true) + ", " + span((at[1] - at[0]) / 1000); }
  if (since(at[0])) { head += "  " + since(at[0]); }
  tip.replaceChildren(element("b", "", head), element("span", "", row.querySelector(".what").textContent));
  tip.hidden = false;
  tip.style.left = Math.max(4, Math.min(Math.max(box.left, 0), innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = (box.bottom + tip.offsetHeight + 12 < innerHeight ? box.bottom + 6 : box.top - tip.offsetHeight - 6) + "px";
}
function unhover() { tip.hidden = true; }
addEventListener("scroll", unhover, { passive: true });
