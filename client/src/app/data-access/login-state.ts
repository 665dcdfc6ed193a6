/** How it stands with the login: there is none, a session is open, or the PIN has to be given first. */
export type LoginState = 'none' | 'open' | 'needed';

/** What the server wrote into the page when it was asked for. A page of the development server has no login. */
export function loginOfPage(): LoginState {
  const content = document.querySelector<HTMLMetaElement>('meta[name="st-login"]')?.content;
  return content === 'open' || content === 'needed' ? content : 'none';
}
