/** How a rule refuses: only the item that breaks it, or the whole call. */
export interface Refusal {
  readonly scope: 'item' | 'call';
  readonly code: string;
  readonly message: string;
}

/** An error of a desktop, or of a request for it. */
export interface DesktopError {
  readonly code: string;
  readonly message: string;
}
