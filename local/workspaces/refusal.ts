/** How a rule refuses: the one item of the call that breaks it, or the whole call. */
export interface Refusal {
  readonly scope: 'item' | 'call';
  readonly code: string;
  readonly message: string;
}

/** What is wrong with a desktop, or with what is asked of it. */
export interface DesktopError {
  readonly code: string;
  readonly message: string;
}
