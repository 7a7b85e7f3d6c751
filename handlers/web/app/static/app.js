// The Mini App: talks with Telegram by its web events, and with its own origin.
// https://core.telegram.org/bots/webapps and https://core.telegram.org/api/web-events
(() => {
  "use strict";
  const at = (id) => document.getElementById(id);
  const launch = new URLSearchParams(location.hash.slice(1));
  const initData = launch.get("tgWebAppData") || "";
  const every = 30000; // milliseconds between two looks at the list

  // Telegram: what it is told, and what it tells.

  function tell(type, data = {}) {
    if (window.TelegramWebviewProxy) {
      window.TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
    } else if (window.external && "notify" in window.external) {
      window.external.notify(JSON.stringify({ eventType: type, eventData: data }));
    } else if (window.parent !== window) {
      // Only Telegram's pages can frame this one; which of them, nobody tells.
      window.parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
    }
  }

  function hear(type, data) {
    if (typeof data === "string") {
      try { data = JSON.parse(data); } catch { data = {}; }
    }
    data = data || {};
    switch (type) {
      case "theme_changed": return dress(data.theme_params);
      case "qr_text_received": return scanned(data.data);
      case "back_button_pressed": return goBack();
      case "visibility_changed": return data.is_visible ? look() : undefined;
      case "reload_iframe":
        tell("iframe_will_reload");
        return location.reload();
    }
  }

  window.TelegramGameProxy = { receiveEvent: hear };
  window.TelegramGameProxy_receiveEvent = hear;
  window.Telegram = { WebView: { receiveEvent: hear } };
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || window.parent === window) return;
    let said;
    try { said = JSON.parse(event.data); } catch { return; }
    if (said && said.eventType) hear(said.eventType, said.eventData);
  });

  // Colours: Telegram's theme, as far as it can be read.

  const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const hexOf = (rgb) => "#" + rgb.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("");
  const isColour = (c) => /^#[0-9a-f]{6}$/i.test(c || "");

  function light(hex) {
    const [r, g, b] = channels(hex).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(a, b) {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  }

  const mixed = (a, b, part) => hexOf(channels(a).map((c, i) => c + (channels(b)[i] - c) * part));

  // legible moves a colour towards another until it can be read on all grounds.
  function legible(colour, towards, ...grounds) {
    for (let part = 0; part < 1; part += 0.05) {
      const tried = mixed(colour, towards, part);
      if (grounds.every((ground) => contrast(tried, ground) >= 4.6)) return tried;
    }
    return towards;
  }

  function dress(theme) {
    if (!theme || !isColour(theme.bg_color) || !isColour(theme.text_color)) return;
    const root = document.documentElement;
    const pick = (...names) => names.map((name) => theme[name]).find(isColour);
    const dark = light(theme.bg_color) < 0.2;
    root.dataset.theme = dark ? "dark" : "light";
    const card = pick("section_bg_color", "bg_color");
    let paper = pick("secondary_bg_color", "bg_color");
    if (paper === card) paper = mixed(card, theme.text_color, 0.05);
    const accent = legible(pick("button_color", "link_color", "accent_text_color") || (dark ? "#6cb0f7" : "#0b63c0"), theme.text_color, card, paper);
    const colours = {
      "color-scheme": dark ? "dark" : "light",
      "--paper": paper, "--card": card, "--text": theme.text_color,
      "--muted": legible(pick("subtitle_text_color", "hint_color") || theme.text_color, theme.text_color, card, paper),
      "--line": pick("section_separator_color") || mixed(card, theme.text_color, 0.12),
      "--accent": accent, "--accent-soft": mixed(card, accent, 0.1),
      "--on-accent": contrast(accent, "#ffffff") >= 4.5 ? "#ffffff" : "#0b1218",
    };
    for (const [name, value] of Object.entries(colours)) root.style.setProperty(name, value);
    if (contrast(colours["--accent"], colours["--accent-soft"]) < 4.5) root.style.setProperty("--accent-soft", card);
    tell("web_app_set_header_color", { color_key: "secondary_bg_color" });
    tell("web_app_set_background_color", { color: paper });
  }

  function themeAtLaunch() {
    try { return JSON.parse(launch.get("tgWebAppThemeParams")); } catch { return null; }
  }

  // Words, in the chat's language once it is known.

  let words = JSON.parse(at("app").dataset.words);

  function relabel(lang) {
    document.documentElement.lang = lang;
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = words[element.dataset.word];
    at("query").placeholder = words.search;
    document.title = words.title + " · Waybill";
  }

  // Requests.

  // ask returns the answer's JSON, or throws the key of the words that say why not.
  async function ask(path, body) {
    const options = { headers: { Authorization: "tma " + initData }, cache: "no-store", credentials: "omit" };
    if (body) {
      options.method = "POST";
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    let answer;
    try { answer = await fetch(path, options); } catch { throw "offline"; }
    if (answer.ok) return answer.json();
    throw { 401: "expired", 404: "gone", 409: "undo_late", 429: "busy" }[answer.status] || "failed";
  }

  // The list.

  let asked = 0;
  let turn = 0; // which request for the list is the newest

  async function load() {
    asked = Date.now();
    const mine = ++turn;
    const query = at("query").value.trim();
    try {
      const said = await ask("/app/parcels?q=" + encodeURIComponent(query));
      if (mine !== turn) return;
      words = said.words;
      relabel(said.lang);
      draw(said, query);
    } catch (why) {
      if (mine !== turn) return;
      state(words[why] || words.failed, why !== "expired");
      if (why === "expired") at("list").replaceChildren();
    }
  }

  function state(text, again = false) {
    at("state").textContent = text;
    at("again").hidden = !again;
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function draw(said, query) {
    const focused = document.activeElement && document.activeElement.dataset.parcel;
    at("list").replaceChildren(...said.groups.map(drawGroup));
    if (focused) document.querySelector(`[data-parcel="${focused}"]`)?.focus();
    const none = said.groups.length === 0;
    state(none ? (query && said.all ? words.nothing_found : words.empty) : said.more);
  }

  function drawGroup(group) {
    const section = make("section", "group");
    const list = make("ul");
    section.append(make("h2", "", group.title), list);
    for (const parcel of group.parcels) {
      const item = make("li", parcel.tone + "-tone");
      item.append(drawRow(parcel));
      list.append(item);
    }
    return section;
  }

  function drawRow(parcel) {
    const button = make("button", "row");
    button.type = "button";
    button.dataset.parcel = parcel.id;
    const which = [parcel.name ? parcel.carrier : "", parcel.number, parcel.age, parcel.muted ? words.muted : ""];
    button.append(make("span", "called", parcel.called), make("span", "standing", parcel.standing),
      make("span", "which number", which.filter(Boolean).join(" · ")));
    if (parcel.scan) button.append(make("span", "scan", parcel.scan));
    button.addEventListener("click", () => open(parcel));
    return button;
  }

  function look() {
    if (document.hidden || Date.now() - asked < every || document.querySelector("dialog[open]")) return;
    load();
  }

  // One parcel: its page, and what can be done with it.

  let current = null;

  async function open(parcel) {
    current = parcel;
    at("detail-title").textContent = parcel.called;
    at("mute").textContent = parcel.muted ? words.unmute : words.mute;
    at("shown").replaceChildren(make("p", "muted", words.loading));
    show("detail");
    try {
      const answer = await fetch(parcel.page, { cache: "no-store", credentials: "omit" });
      if (!answer.ok) throw answer.status === 404 ? "gone" : "failed";
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("parcel");
      if (current !== parcel) return;
      at("shown").replaceChildren(page);
      copies(page.querySelector("#copy"));
      for (const link of page.querySelectorAll('a[href^="https:"]')) link.addEventListener("click", leave);
    } catch (why) {
      at("shown").replaceChildren(make("p", "muted", words[why] || words.offline));
    }
  }

  // leave opens a page outside of the app in the browser, where Telegram does that.
  function leave(event) {
    if (!window.TelegramWebviewProxy && window.parent === window) return;
    event.preventDefault();
    tell("web_app_open_link", { url: event.currentTarget.href });
  }

  function copies(button) {
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        toast(button.dataset.done);
      } catch {
        getSelection().selectAllChildren(at("digits"));
      }
    });
  }

  function show(id) {
    if (!at(id).open) at(id).showModal();
    tell("web_app_setup_back_button", { is_visible: true });
  }

  function goBack() {
    const opened = [...document.querySelectorAll("dialog[open]")].pop();
    if (opened) opened.close();
  }

  function closed() {
    if (document.querySelector("dialog[open]")) return;
    tell("web_app_setup_back_button", { is_visible: false });
    load();
  }

  // act sends an action and says what came of it.
  async function act(path, body, said, undo) {
    try {
      await ask(path, body);
      toast(words[said], undo);
      return true;
    } catch (why) {
      toast(words[why] || words.failed);
      return false;
    }
  }

  let hiding = 0;

  // toast says something for ten seconds. An open dialog would hide it: it stands inside.
  function toast(text, undo) {
    (document.querySelector("dialog[open]") || at("app")).append(at("toast"));
    at("toast").hidden = false;
    at("toast-said").textContent = text;
    at("undo").hidden = !undo;
    at("undo").onclick = undo || null;
    clearTimeout(hiding);
    hiding = setTimeout(() => { at("toast").hidden = true; }, 10000);
  }

  async function stop() {
    const parcel = current;
    if (!await act("/app/stop", { parcel: parcel.id }, "stopped")) return;
    at("detail").close();
    toast(words.stopped, async () => {
      await act("/app/undo", { parcel: parcel.id }, "undone");
      load();
    });
  }

  async function mute() {
    const muted = !current.muted;
    if (!await act("/app/mute", { parcel: current.id, muted }, muted ? "mute_done" : "unmute_done")) return;
    current.muted = muted;
    at("mute").textContent = muted ? words.unmute : words.mute;
  }

  async function rename(event) {
    event.preventDefault();
    const name = at("name").value.trim();
    at("naming-said").textContent = "";
    try {
      await ask("/app/name", { parcel: current.id, name });
    } catch (why) {
      at("naming-said").textContent = words[why] || words.failed;
      return;
    }
    current.name = name;
    current.called = name || current.carrier || current.number;
    at("naming").close();
    open(current);
  }

  // Adding.

  let key = ""; // of the text that is being added: sent twice it counts once

  function add() {
    key = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
    at("text").value = "";
    at("adding-said").textContent = "";
    show("adding");
    at("text").focus();
  }

  async function send() {
    const text = at("text").value.trim();
    if (!text) {
      at("adding-said").textContent = words.add_hint;
      at("text").focus();
      return;
    }
    at("send").disabled = true;
    try {
      await ask("/app/add", { text, key });
      at("adding").close();
      toast(words.sent);
      for (const wait of [1500, 4000, 8000]) setTimeout(load, wait);
    } catch (why) {
      at("adding-said").textContent = words[why] || words.failed;
    }
    at("send").disabled = false;
  }

  // scans says whether this Telegram has a scanner: those of phones, from 6.4 on.
  function scans() {
    const [major, minor] = (launch.get("tgWebAppVersion") || "6.0").split(".").map(Number);
    return /^(android|ios)/.test(launch.get("tgWebAppPlatform") || "") && (major > 6 || major === 6 && minor >= 4);
  }

  function scanned(text) {
    if (!text || !at("adding").open) return;
    const before = at("text").value.trim();
    at("text").value = (before ? before + "\n" : "") + text;
    tell("web_app_close_scan_qr_popup");
    at("text").focus();
  }

  function begin() {
    if (window.parent !== window) tell("iframe_ready", { reload_supported: true });
    if (!initData) return; // the page says where to open it
    at("elsewhere").hidden = true;
    at("app").hidden = false;
    dress(themeAtLaunch());
    tell("web_app_ready");
    tell("web_app_expand");
    at("scan").hidden = !scans();

    let typing = 0;
    at("query").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(load, 250); });
    at("find").addEventListener("submit", (event) => { event.preventDefault(); load(); });
    at("again").addEventListener("click", load);
    at("add").addEventListener("click", add);
    at("send").addEventListener("click", send);
    at("scan").addEventListener("click", () => tell("web_app_open_scan_qr_popup", { text: words.scan_text }));
    at("close").addEventListener("click", () => at("detail").close());
    at("stop").addEventListener("click", stop);
    at("mute").addEventListener("click", mute);
    at("rename").addEventListener("click", () => {
      at("name").value = current.name;
      at("naming-said").textContent = "";
      show("naming");
    });
    at("unsave").addEventListener("click", () => at("naming").close());
    at("naming").querySelector("form").addEventListener("submit", rename);
    for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", closed);
    document.addEventListener("visibilitychange", look);
    setInterval(look, 1000);
    load();
  }

  begin();
})();
