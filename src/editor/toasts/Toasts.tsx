import { X } from 'lucide-react';
import { dismiss, useToasts } from './toastStore.ts';
import './Toasts.css';

/** Messages in a corner, and the words for screen readers. */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const announcement = useToasts((state) => state.announcement);
  return (
    <section aria-label="Notifications">
      <div className="lj-visually-hidden" role="status" aria-live="polite" aria-label="Announcements">
        {announcement}
      </div>
      <ol className="lj-toasts" aria-label="Messages">
        {toasts.map((shown) => (
          <li key={shown.id} className={`lj-toast lj-toast-${shown.tone}`} role={shown.tone === 'bad' ? 'alert' : 'status'}>
            <span>{shown.text}</span>
            {shown.action !== null && (
              <button
                type="button"
                className="lj-link"
                onClick={() => {
                  shown.action?.perform();
                  dismiss(shown.id);
                }}
              >
                {shown.action.label}
              </button>
            )}
            <button type="button" className="lj-icon-button" aria-label="Dismiss" onClick={() => dismiss(shown.id)}>
              <X size={14} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
