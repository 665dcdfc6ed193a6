// Shows alerts that come by Web Push while no desk is open, and opens their receipts. It serves no page and keeps nothing.
self.addEventListener('push', (event) => {
  const { id, title, body, isUrgent } = event.data.json();
  // Two of the same tag are one: the desk's own notifications have the same.
  const options = { body, tag: id, icon: '/icon.svg', requireInteraction: isUrgent, data: { signal: id } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { signal } = event.notification.data;
  event.waitUntil(openReceipt(signal));
});

async function openReceipt(signal) {
  const [desk] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (desk === undefined) {
    await self.clients.openWindow(`/?signal=${encodeURIComponent(signal)}`);
    return;
  }
  desk.postMessage({ signal });
  await desk.focus();
}

// A later worker takes over at once: it keeps nothing that an earlier one would have to finish.
self.addEventListener('install', () => self.skipWaiting());
