"use strict";
(() => {
  const form = document.getElementById("filter");
  const subjects = [...document.querySelectorAll("#subjects > .subject")];

  // Filtering of gaps. Words are looked up in what a reader sees of the gap and of its device.
  if (form) {
    const output = form.querySelector("output");
    const nothing = document.getElementById("nothing");
    let index = null;
    const indexed = () => index ??= subjects.map((subject) => ({
      subject,
      head: subject.firstElementChild.textContent.toLowerCase(),
      gaps: [...subject.querySelectorAll(".gap")].map((gap) => ({ gap, text: gap.textContent.toLowerCase() })),
    }));
    const apply = () => {
      const wanted = Object.fromEntries(new FormData(form));
      const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
      let gapCount = 0;
      let subjectCount = 0;
      for (const { subject, head, gaps } of indexed()) {
        const placed = ["unit", "site", "platform"].every((name) => !wanted[name] || subject.dataset[name] === wanted[name]);
        let here = 0;
        for (const { gap, text } of gaps) {
          const fits = placed
            && (!wanted.sev || gap.dataset.sev === wanted.sev)
            && (!wanted.fam || gap.dataset.fam === wanted.fam)
            && words.every((word) => text.includes(word) || head.includes(word));
          gap.hidden = !fits;
          here += fits;
        }
        subject.hidden = here === 0;
        gapCount += here;
        subjectCount += here > 0;
      }
      output.textContent = output.dataset.shown.replace("{g}", gapCount).replace("{s}", subjectCount);
      nothing.hidden = gapCount > 0;
    };
    let waiting = 0;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); };
    form.addEventListener("input", soon);
    form.addEventListener("reset", soon);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", (event) => {
      const what = event.target.dataset.do;
      if (what) subjects.filter((subject) => !subject.hidden).forEach((subject) => { subject.open = what === "open"; });
    });
    form.hidden = false;
    apply();
  }

  // Quick search in one table.
  for (const input of document.querySelectorAll("input[data-table]")) {
    const rows = [...document.getElementById(input.dataset.table).tBodies[0].rows];
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    });
    input.closest("label").hidden = false;
  }

  // Copying remedy commands.
  const copied = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  for (const button of document.querySelectorAll("button.copy")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    copied(button.previousElementSibling.textContent).then(() => {
      const label = button.textContent;
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 1200);
    });
  });

  // What the filter shows is what is printed, unfolded; afterwards all is as it was.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")].filter((each) => !each.hidden);
    opened.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));
})();
