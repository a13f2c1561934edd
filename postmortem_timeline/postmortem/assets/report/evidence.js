// Evidence: a copy button at each citation, and a footnote that opens its records where the reader is.
function copyable(root) {
  if (!navigator.clipboard) { return; }
  all(".place", root).forEach(function (place) {
    if (place.nextElementSibling && place.nextElementSibling.className === "copy") { place.nextElementSibling.remove(); }
    var button = element("button", "copy", "copy");
    button.type = "button";
    button.setAttribute("aria-label", "Copy the citation " + place.textContent);
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(place.textContent).then(
        function () { button.textContent = "copied"; }, function () { button.textContent = "not allowed"; });
    });
    place.after(button);
  });
}
// A copy may not bear the ids of what it is copied from.
function copyOf(node) {
  var copy = node.cloneNode(true);
  all("[id]", copy).forEach(function (inner) { inner.removeAttribute("id"); });
  return copy;
}

var dialog = byId("evidence"), opener = null;
function recordsOf(link) {
  var items = [];
  (link.dataset.records || "").split(" ").filter(Boolean).forEach(function (number) {
    var item = byId("c" + number).closest("li");
    if (items.indexOf(item) < 0) { items.push(item); }
  });
  return items;
}
// From a record to the row that tells its part of the story.
function rowLink(item) {
  var row = item.closest(".row"), link = element("a", "to-row", "its row in the timeline");
  if (!row) { return null; }
  link.href = "#" + row.id;
  link.addEventListener("click", function () { row.open = true; row.classList.remove("off"); opener = null; dialog.close(); });
  return link;
}
function cite(link) {
  var body = byId("evidence-body"), list = element("ul", "quotes");
  body.replaceChildren();
  if (link.dataset.note) { body.append(element("p", "note", link.dataset.note)); }
  recordsOf(link).forEach(function (item) {
    var copy = copyOf(item), to = rowLink(item);
    if (to) { copy.append(to); }
    list.append(copy);
  });
  body.append(list);
  copyable(body);
  opener = link;
  dialog.showModal();
}
all("a.cite").forEach(function (link) {
  link.addEventListener("click", function (event) { event.preventDefault(); cite(link); });
});
byId("evidence-close").addEventListener("click", function () { dialog.close(); });
dialog.addEventListener("click", function (event) { if (event.target === dialog) { dialog.close(); } });
dialog.addEventListener("close", function () { if (opener) { opener.focus(); } });
