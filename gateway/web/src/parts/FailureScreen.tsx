import { Component, type ReactNode } from 'react';
import { words } from '../words/words.js';

/** A defect of the page must not leave a dispatcher before an empty screen. */
export class FailureScreen extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="empty" role="alert">
        <p>{words.page.failed}</p>
        <p>
          <button type="button" onClick={() => window.location.reload()}>
            {words.page.reload}
          </button>
        </p>
      </div>
    );
  }
}
