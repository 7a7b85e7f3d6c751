// Keeps the open page up to date: every few seconds, while somebody sees it, the page is
// fetched again and the parts that differ are put in the place of the old ones. A part
// that holds the focus is left alone, so that nobody loses their place.
(() => {
  const every = 5000;
  let fetching = false;

  const keepState = (from, to) => {
    for (const details of from.querySelectorAll('details[data-keep][open]')) {
      to.querySelector(`details[data-keep="${details.dataset.keep}"]`)?.setAttribute('open', '');
    }
    const boxes = to.querySelectorAll('.scroll');
    from.querySelectorAll('.scroll').forEach((box, i) => {
      const { scrollLeft, scrollTop } = box;
      if (boxes[i] && (scrollLeft || scrollTop)) requestAnimationFrame(() => boxes[i].scrollTo(scrollLeft, scrollTop));
    });
  };

  const differs = (a, b) => {
    const copy = a.cloneNode(true);
    copy.querySelectorAll('details[open]').forEach((d) => d.removeAttribute('open'));
    return copy.outerHTML !== b.outerHTML;
  };

  const refresh = async () => {
    if (document.hidden || fetching) return;
    fetching = true;
    try {
      const answer = await fetch(location.href, { cache: 'no-store' });
      if (answer.redirected) {
        location.reload(); // the session is over
        return;
      }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const old of document.querySelectorAll('[data-part]')) {
        const part = page.querySelector(`[data-part="${old.dataset.part}"]`);
        if (!part || old.contains(document.activeElement) || !differs(old, part)) continue;
        keepState(old, part);
        old.replaceWith(document.adoptNode(part));
      }
    } catch {
      // The next round tries again.
    } finally {
      fetching = false;
    }
  };

  setInterval(refresh, every);
  document.addEventListener('visibilitychange', refresh);
})();
