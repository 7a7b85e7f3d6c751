// Copies the number, and keeps the page fresh while somebody looks at it.
(() => {
  "use strict";
  const every = 30000; // milliseconds
  let tag = "";
  let asked = Date.now();
  let over = false;

  function ready() {
    const button = document.getElementById("copy");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }

  async function copy(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Without https there is no clipboard to write to: the selection is copied.
      getSelection().selectAllChildren(document.getElementById("digits"));
      if (!document.execCommand("copy")) return;
      getSelection().removeAllRanges();
    }
    const label = button.textContent;
    button.textContent = button.dataset.done;
    say(button.dataset.done);
    setTimeout(() => { button.textContent = label; }, 2000);
  }

  function say(text) {
    const said = document.getElementById("said");
    if (said) said.textContent = text;
  }

  async function refresh() {
    asked = Date.now();
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(location.href, { headers, cache: "no-store", credentials: "omit" });
    if (answer.status === 404) {
      over = true;
      document.querySelector("main").replaceChildren(...parsed(await answer.text()).querySelector("main").children);
      return;
    }
    if (answer.status !== 200) return;
    const page = parsed(await answer.text());
    if (!getSelection().isCollapsed) return; // somebody is about to copy
    tag = answer.headers.get("ETag") || "";
    const before = document.getElementById("parcel");
    const after = page.getElementById("parcel");
    if (!before || !after) return;
    const focused = before.contains(document.activeElement) ? document.activeElement.id : "";
    before.replaceWith(after);
    document.title = page.title;
    ready();
    if (focused) document.getElementById(focused)?.focus();
    if (before.dataset.standing !== after.dataset.standing) say(after.dataset.standing);
  }

  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

  function look() {
    if (over || document.hidden || Date.now() - asked < every) return;
    refresh().catch(() => {}); // offline: the next look tries again
  }

  ready();
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
})();
