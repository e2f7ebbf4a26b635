// Small behaviours over pages that work without them. Each stands alone, finds its elements by a
// data attribute, and listens on the document, so swapped-in parts need no second start.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, act, options) => document.addEventListener(type, act, options);

  // Says a short sentence to assistive technology.
  const announce = (text) => {
    const region = document.querySelector("[data-announce]");
    if (region) region.textContent = text;
  };

  // Theme: at once here, and in the cookie the server reads for the next page.
  on("change", (event) => {
    const select = event.target.closest("[data-theme-form] select");
    if (!select) return;
    const choice = select.value;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const age = choice === "system" ? 0 : 31536000;
    document.cookie = `theme=${choice}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
  });

  // Times in the reader's own zone, written as the company writes dates; UTC stays on hover.
  const locale = root.dataset.locale || "en";
  const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const two = (number) => String(number).padStart(2, "0");
  const dayText = (at) => (root.dataset.date || "yyyy-MM-dd").replace(/d+|M+|y+/g, (part) => ({
    d: at.getDate(), dd: two(at.getDate()), M: at.getMonth() + 1, MM: two(at.getMonth() + 1),
    MMM: months[at.getMonth()], yyyy: at.getFullYear(),
  })[part]);
  const clockText = (at) => `${two(at.getHours())}:${two(at.getMinutes())}`;
  const localise = (within) => {
    for (const time of all("time[datetime]:not([data-local])", within)) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      time.dataset.local = "";
      time.textContent = dayText(at) + ("day" in time.dataset ? "" : `, ${clockText(at)}`);
    }
  };

  // Copy buttons: the clipboard where the page may use it, else the old way (plain HTTP on a LAN).
  on("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    if (!field) return;
    const text = field.value ?? field.textContent;
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      if (field.select) {
        field.select();
        done = document.execCommand("copy");
      }
    }
    const said = button.querySelector("[data-said]") ?? button;
    said.dataset.before ??= said.textContent;
    said.textContent = done ? "Copied" : "Press Ctrl C";
    announce(done ? "Copied to the clipboard." : "Selected. Press Ctrl C to copy.");
    clearTimeout(button.timer);
    button.timer = setTimeout(() => { said.textContent = said.dataset.before; }, 2500);
  });

  // Messages go when they were read.
  on("click", (event) => {
    const toast = event.target.closest("[data-dismiss]")?.closest(".toast");
    if (!toast) return;
    toast.remove();
    document.getElementById("main")?.focus();
  });

  // Menus close on Escape and on a click elsewhere; Escape gives the focus back.
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary")?.focus();
    }
  });
  on("click", (event) => {
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // Confirm pages as dialogs: the same page, fetched and shown over this one.
  on("click", async (event) => {
    const link = event.target.closest("a[data-confirm]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    let card;
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      card = answer.ok && !answer.redirected ? page.querySelector("[data-confirm-card]") : null;
    } catch {
      card = null;
    }
    if (!card) {
      location.assign(link.href);
      return;
    }
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "confirm-title");
    dialog.append(document.adoptNode(card));
    document.body.append(dialog);
    dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
    dialog.showModal();
  });
  on("click", (event) => {
    const dialog = event.target.closest("dialog");
    if (dialog && (event.target === dialog || event.target.closest("[data-cancel]"))) {
      event.preventDefault();
      dialog.close();
    }
  });

  // Bulk selection: count on the buttons, shift for ranges, one tick for the page, one for all.
  const recount = (form) => {
    const rows = all('input[name="ids"]', form);
    const ticked = rows.filter((row) => row.checked).length;
    const every = form.querySelector("[data-all-matching]");
    if (every && ticked < rows.length) every.checked = false;
    const uncounted = every?.checked && !every.dataset.total;
    const count = every?.checked && !uncounted ? Number(every.dataset.total) : ticked;
    const head = form.querySelector("[data-all]");
    if (head) {
      head.checked = ticked > 0 && ticked === rows.length;
      head.indeterminate = ticked > 0 && ticked < rows.length;
    }
    const bar = form.querySelector("[data-bulk-bar]");
    if (!bar) return;
    bar.toggleAttribute("data-active", count > 0);
    const shown = new Intl.NumberFormat(locale).format(count);
    const words = bar.querySelector("[data-count]");
    if (words) words.textContent = uncounted ? "All that match selected" : every?.checked ? `All ${shown} selected` : `${shown} selected`;
    for (const button of all("[data-verb]", bar)) button.textContent = `${button.dataset.verb} ${uncounted ? "all" : shown}`;
  };
  let lastTick = null;
  let shift = false;
  on("click", (event) => { shift = event.shiftKey; }, true);
  on("change", (event) => {
    const form = event.target.closest("form[data-bulk]");
    if (!form) return;
    const tick = event.target;
    const rows = all('input[name="ids"]', form);
    if (tick.matches("[data-all]")) {
      for (const row of rows) row.checked = tick.checked;
    } else if (tick.matches("[data-all-matching]")) {
      if (tick.checked) for (const row of rows) row.checked = true;
    } else if (tick.name === "ids") {
      const [a, b] = [rows.indexOf(lastTick), rows.indexOf(tick)].sort((x, y) => x - y);
      if (shift && a >= 0) for (const row of rows.slice(a, b + 1)) row.checked = tick.checked;
      lastTick = tick;
    }
    recount(form);
  });
  on("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    for (const form of all("form[data-bulk]:has([data-bulk-bar][data-active])")) {
      for (const row of all('input[name="ids"], [data-all-matching]', form)) row.checked = false;
      recount(form);
    }
  });

  // Forms that were changed ask before they are left.
  const written = (form) => JSON.stringify([...new FormData(form)].map(([key, value]) => [key, value?.name ?? value]));
  const clean = new WeakMap();
  const changed = () => all("form[data-guard]").some((form) => !form.leaving && clean.has(form) && clean.get(form) !== written(form));
  addEventListener("beforeunload", (event) => {
    if (navigator.userActivation?.hasBeenActive !== false && changed()) event.preventDefault();
  });

  // A form goes out once, however often its button is pressed.
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.method !== "post") return;
    // A file leaves the page as it is; what changed with it shows after a reload.
    // The file's answer sets a cookie with the form's own number: seen, the page is shown anew.
    if (form.matches("[data-download]")) {
      const came = `taken=${form.elements.once?.value}`;
      const ends = Date.now() + 120000;
      const look = setInterval(() => {
        const here = document.cookie.split("; ").includes(came);
        if (!here && Date.now() < ends) return;
        clearInterval(look);
        if (here) location.reload();
      }, 250);
      return;
    }
    if (form.leaving) {
      event.preventDefault();
      return;
    }
    form.leaving = true;
    for (const button of all("button:not([type=button])", form)) button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) {
      form.leaving = false;
      for (const button of all("button[aria-disabled]", form)) button.removeAttribute("aria-disabled");
    }
  });

  // Filters: empty fields stay out of the address; anything but a list loads as a whole page.
  on("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    if (!ctx.sourceElement.matches("[data-live]")) return;
    // A filter is a step that Back undoes; typing in the search is none.
    const from = ctx.sourceEvent?.target;
    if (ctx.sourceEvent?.type === "change" && from?.matches?.("select, input[type=date]")) {
      ctx.push = "true";
      ctx.replace = null;
    }
    for (const key of [...ctx.request.body.keys()]) {
      if (ctx.request.body.getAll(key).every((value) => value === "")) ctx.request.body.delete(key);
    }
  });
  on("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.raw.ok && !ctx.response.raw.redirected) return;
    event.preventDefault();
    location.assign(ctx.request.action);
  });

  // Ctrl+K (Cmd+K) leads to the search, where a page has one.
  on("keydown", (event) => {
    if (event.key !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const field = document.querySelector("[data-search]") ?? document.querySelector('[data-live] input[type="search"]');
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  // An address may point at something that is folded up.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches("details")) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);

  // What a fresh page or part needs.
  const ready = (within) => {
    localise(within);
    for (const form of all("form[data-guard]", within)) if (!clean.has(form)) clean.set(form, form.querySelector("[data-summary]") ? "" : written(form));
    for (const form of all("form[data-bulk]", within)) recount(form);
  };
  on("htmx:after:swap", () => ready(document));
  ready(document);
  unfold();
  const summary = document.querySelector("[data-summary]");
  if (summary) summary.focus();
})();
