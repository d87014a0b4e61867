// A text area that tells its text shortly after the last key, and grows with it.
const WAIT = 250; // milliseconds

export default function ({ data, setStateValue, parentElement }) {
  const box = parentElement.querySelector("textarea");

  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  };
  const tell = () => {
    clearTimeout(box.waiting);
    box.waiting = undefined;
    box.told = (box.told ?? 0) + 1; // the same text typed again is news, too
    setStateValue("typed", { text: box.value, time: `${data.revision}.${box.told}.${Date.now()}` });
  };

  // a new revision is a text from outside (an example, a link); until then what is typed stands
  if (box.revision !== data.revision) {
    box.revision = data.revision;
    box.value = data.text;
  }
  box.oninput = () => {
    grow();
    clearTimeout(box.waiting);
    box.waiting = setTimeout(tell, WAIT);
  };
  box.onblur = () => box.waiting && tell();
  box.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) tell();
  };
  requestAnimationFrame(grow);
}
