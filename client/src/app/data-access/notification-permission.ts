/** What came of asking for notifications of the browser. */
export interface NotificationAnswer {
  readonly isOn: boolean;
  /** Why not, where they were wanted; `null` otherwise. */
  readonly refusal: string | null;
}

/** Browsers ask before they tell; what they are answered holds. */
export async function askForNotifications(isWanted: boolean): Promise<NotificationAnswer> {
  if (!isWanted) return { isOn: false, refusal: null };
  const canAsk = typeof Notification !== 'undefined';
  if (canAsk && (await Notification.requestPermission()) === 'granted') return { isOn: true, refusal: null };
  return {
    isOn: false,
    refusal: 'The browser does not allow notifications here. Its settings for this page do.',
  };
}
