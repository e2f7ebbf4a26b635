/* steading.js: keeps the reference of the partner link a visitor came by, and says who they turned out to be.
   <script src="https://…/steading.js" defer></script>
   data-days="90"      how long the reference is kept
   data-domain=".shop.example"   share it between sub-domains
   steading.reference()          the reference, or null: send it to your server with the order
   steading.identify("id")       says which customer this visitor is; resolves to true where it was sent
   steading.clear()              forgets the reference */
(function () {
  "use strict";
  var NAME = "st_ref";
  var SHAPE = /^clk_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
  var script = document.currentScript;
  var data = (script && script.dataset) || {};
  var seconds = (Number(data.days) || 90) * 86400;
  var home = script && script.src ? new URL("r/identify", script.src).href : "/r/identify";

  function good(text) {
    return SHAPE.test(text || "") ? text : null;
  }

  function fromCookie() {
    var found = document.cookie.match(/(?:^|;\s*)st_ref=([^;]*)/);
    return good(found && found[1]);
  }

  function fromStorage() {
    try {
      var parts = (localStorage.getItem(NAME) || "").split(" ");
      return Number(parts[1]) > Date.now() ? good(parts[0]) : null;
    } catch (blocked) {
      return null;
    }
  }

  function setCookie(value, age) {
    document.cookie = NAME + "=" + value + "; Path=/; Max-Age=" + age + "; SameSite=Lax" +
      (data.domain ? "; Domain=" + data.domain : "") + (location.protocol === "https:" ? "; Secure" : "");
  }

  function keep(reference) {
    setCookie(reference, seconds);
    try {
      localStorage.setItem(NAME, reference + " " + (Date.now() + seconds * 1000));
    } catch (blocked) { /* the cookie has it */ }
  }

  var latest = null;
  try {
    latest = good(new URLSearchParams(location.search).get(NAME));
  } catch (old) { /* no reference to be had */ }
  if (latest) keep(latest);

  function reference() {
    return latest || fromCookie() || fromStorage();
  }

  function identify(customer) {
    var click = reference();
    if (!click || customer == null || customer === "") return Promise.resolve(false);
    return fetch(home, {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      keepalive: true,
      body: JSON.stringify({ click: click, customer_id: String(customer) })
    }).then(function (answer) { return answer.ok; }, function () { return false; });
  }

  function clear() {
    latest = null;
    setCookie("", 0);
    try {
      localStorage.removeItem(NAME);
    } catch (blocked) { /* nothing there */ }
  }

  window.steading = { reference: reference, identify: identify, clear: clear };
})();
