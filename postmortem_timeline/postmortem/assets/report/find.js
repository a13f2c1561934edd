// Search, kind and service: what does not match leaves the list and the picture together.
var find = byId("find"), service = byId("service"), boxes = all("#filters input");
var texts = all(".row").map(function (row) { return { row: row, text: row.textContent.toLowerCase() }; });
function filter() {
  var words = find.value.toLowerCase().split(/\s+/).filter(Boolean), kinds = {}, only = service ? service.value : "", left = 0;
  boxes.forEach(function (box) { kinds[box.value] = box.checked; });
  texts.forEach(function (one) {
    var number = one.row.id.slice(1), entry = byId("e" + number);
    var on = kinds[one.row.dataset.lane] && (!only || one.row.dataset.service === only) &&
      words.every(function (word) { return one.text.indexOf(word) >= 0; });
    left += on ? 1 : 0;
    one.row.classList.toggle("off", !on);
    if (entry) { entry.classList.toggle("off", !on); byId("g" + number).classList.toggle("off", !on); }
  });
  if (chosen && chosen.classList.contains("off")) { open(null); }
  reach(step(-1, 1));
  byId("count").textContent = left === texts.length ? "" : left + " of " + texts.length + " rows";
  byId("none").hidden = left > 0;
}
function clear() {
  find.value = "";
  if (service) { service.value = ""; }
  boxes.forEach(function (box) { box.checked = true; });
  filter();
}
find.addEventListener("input", filter);
find.addEventListener("keydown", function (event) { if (event.key === "Escape") { clear(); } });
if (service) { service.addEventListener("change", filter); }
boxes.forEach(function (box) { box.addEventListener("change", filter); });
byId("clear").addEventListener("click", function () { clear(); find.focus(); });
addEventListener("keydown", function (event) {
  var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.nodeName) && event.target.type !== "checkbox";
  if (typing || dialog.open || event.ctrlKey || event.metaKey || event.altKey) { return; }
  if (event.key === "/") { find.focus(); find.select(); event.preventDefault(); }
  if (event.key === "l" || event.key === "L") { byId("zone").click(); }
  if (event.key === "Escape") { open(null); }
});

// On paper every row's evidence would be pages of log lines; what a reader opened stays open.
copyable(document);
draw(); place(); filter();
var waiting = 0;
addEventListener("resize", function () {
  clearTimeout(waiting);
  waiting = setTimeout(function () { draw(); place(); }, 100);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
