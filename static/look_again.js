// Shows how far a long act is, without being asked; once it is over, the whole page.
"use strict";
const lookAgain = async () => {
  try {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("#progress[data-goes-on]");
    if (!now) return location.reload();
    document.querySelector("#progress").replaceChildren(...now.childNodes);
  } catch {
    // the network is away: the next look may find it
  }
  setTimeout(lookAgain, 3000);
};
setTimeout(lookAgain, 3000);
