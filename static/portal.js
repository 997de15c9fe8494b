// What the verdict page does better with a script. All of it can be done without one.
(() => {
  'use strict';
  // The token in a copy's QR is the fragment of its address, which no browser sends. It is taken off the address before
  // anything else, so that neither the history nor a copied address holds it; then it is sent as a form, in the body.
  const openWithToken = () => {
    const token = location.hash.slice(1);
    if (!token.startsWith('1.')) return;
    history.replaceState(history.state, '', location.pathname + location.search);
    const form = document.querySelector('form[data-token]');
    if (!form) return;
    form.elements.namedItem('token').value = token;
    form.submit();
  };
  openWithToken();
  // The same page, scanned again: only the fragment changes, and nothing is loaded.
  addEventListener('hashchange', openWithToken);
})();
