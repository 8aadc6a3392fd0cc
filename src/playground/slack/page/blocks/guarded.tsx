import { Component, type ComponentChildren } from "preact";
import { pageStore } from "../page-store.ts";
import { textsFor } from "../texts.ts";

interface GuardedProps {
  /** What is drawn; something new is tried again. */
  readonly of: unknown;
  readonly children: ComponentChildren;
}

/** Keeps one block that cannot be drawn from taking the page with it. */
export class Guarded extends Component<GuardedProps, { readonly brokenOn: unknown }> {
  override state = { brokenOn: undefined as unknown };

  override componentDidCatch(): void {
    this.setState({ brokenOn: this.props.of });
  }

  override render() {
    const { of, children } = this.props;
    if (this.state.brokenOn !== of) return <>{children}</>;
    return <div class="broken">{textsFor(pageStore.get().me?.locale).broken}</div>;
  }
}
