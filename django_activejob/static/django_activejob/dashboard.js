/* Live refresh, and one tick box for all. The pages work without this file.

   Every region marked data-aj-live is replaced by its newer self. Nothing is fetched while
   the tab is hidden, while a box is ticked or while someone is busy inside a region; a slow
   or failing server is asked less and less often, and never twice at a time. */
"use strict";

{
  const SHORTEST = 5000; // milliseconds between two refreshes
  const LONGEST = 300000;
  const MEMORY = "django_activejob.refresh";

  const switcher = document.querySelector("[data-aj-refresh]");
  let timer = null;
  let delay = SHORTEST;
  let isFetching = false;

  const regions = () => document.querySelectorAll("[data-aj-live][id]");
  const isWanted = () => localStorage.getItem(MEMORY) !== "off";

  function isBusy() {
    const selection = document.getSelection();
    return [...regions()].some((region) =>
      region.querySelector("input[type=checkbox]:checked") !== null ||
      region.contains(document.activeElement) ||
      (selection.type === "Range" && region.contains(selection.anchorNode)));
  }

  function replaceRegions(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const region of regions()) {
      const newer = fresh.getElementById(region.id);
      if (newer !== null) {
        region.replaceChildren(...newer.childNodes);
      }
    }
    offerTickAll();
  }

  async function refresh() {
    const started = performance.now();
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    }
    const text = await answer.text();
    if (!isBusy()) {
      replaceRegions(text);
    }
    return Math.max(SHORTEST, 20 * (performance.now() - started));
  }

  async function turn() {
    if (isFetching || isBusy()) {
      plan();
      return;
    }
    isFetching = true;
    try {
      delay = await refresh();
    } catch {
      delay = 2 * delay;
    } finally {
      isFetching = false;
      plan();
    }
  }

  function plan() {
    clearTimeout(timer);
    if (!document.hidden && isWanted()) {
      timer = setTimeout(turn, Math.min(delay, LONGEST));
    }
  }

  function offerSwitch() {
    const button = document.createElement("button");
    const label = () => { button.textContent = isWanted() ? switcher.dataset.stop : switcher.dataset.start; };
    button.type = "button";
    button.addEventListener("click", () => {
      localStorage.setItem(MEMORY, isWanted() ? "off" : "on");
      delay = SHORTEST;
      label();
      plan();
    });
    label();
    switcher.append(button);
  }

  function offerTickAll() {
    const place = document.querySelector("[data-aj-tick-all]");
    if (place === null) {
      return;
    }
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", place.dataset.ajTickAll);
    all.addEventListener("change", () => {
      for (const box of place.closest("table").querySelectorAll("input[name=id]")) {
        box.checked = all.checked;
      }
    });
    place.replaceChildren(all);
  }

  offerTickAll();
  if (switcher !== null) {
    offerSwitch();
    document.addEventListener("visibilitychange", plan);
    plan();
  }
}
