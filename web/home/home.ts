/** What a link to the home page may ask the widget for; each is an attribute of it. */
const PARAMETERS = ['store', 'near', 'model'];

const locator = document.querySelector('alpine-dealer-locator');
for (const [name, value] of new URLSearchParams(location.search)) {
  if (PARAMETERS.includes(name)) locator?.setAttribute(name, value);
}
// Whoever changes the language asks for the same.
for (const link of document.querySelectorAll<HTMLAnchorElement>('header a[hreflang]')) link.search = location.search;
