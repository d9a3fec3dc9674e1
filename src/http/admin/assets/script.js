// What makes the pages nicer. All of them work without it.
"use strict";

// The browser's time zone, in which the server then writes all times; a zone that the reader chose stays.
(() => {
  const name = "__Host-openfire-provisioner-view";
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(name + "="));
  const parts = (found ? found.slice(name.length + 1) : "").split(".");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || parts[2]) return;
  const value = [parts[0] || "", parts[1] || "", zone.replaceAll("/", "-")].join(".");
  document.cookie = name + "=" + value + "; Path=/; Secure; SameSite=Lax; Max-Age=31536000";
  // Times of this page, which the server wrote before it knew the zone.
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = format.format(at);
  }
})();

// The time zones that the browser knows, once they are wanted.
document.querySelector("input[name=zone]")?.addEventListener("focus", (event) => {
  const names = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];
  event.target.list.replaceChildren(...["UTC", ...names].map((name) => new Option(name, name)));
}, { once: true });

// A menu closes with Escape and by a click beside it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.account[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.account[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A form is sent once.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  else if (event.target.method === "post") event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
