/** Says something to a screen reader; the page has one place for it. */
export function announce(sentence: string): void {
  const region = document.getElementById('announcements');
  if (region !== null) region.textContent = sentence;
}
