/** What is shown where there is nothing, something is wrong, or something is still to come. */
import { CircleAlert, type IconNode } from "lucide";
import type { ComponentChildren } from "preact";
import { t } from "../i18n/i18n";
import { Button } from "./Button";
import { Icon } from "./Icon";

interface EmptyProps {
  icon: IconNode;
  title: string;
  children?: ComponentChildren;
}

/** There is nothing here, why, and what to do. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div class="empty">
      <Icon icon={icon} size={40} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Something went wrong, and can be tried again. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => unknown }) {
  return (
    <div class="trouble" role="alert">
      <Icon icon={CircleAlert} />
      <span>{error instanceof Error && error.message ? error.message : t("common.failed")}</span>
      {onRetry && <Button onClick={onRetry}>{t("common.retry")}</Button>}
    </div>
  );
}

/** The place of something that comes, in its size, so that nothing jumps. */
export function Skeleton({ height, ratio }: { height?: number; ratio?: number }) {
  return <div class="skeleton" aria-hidden="true" style={{ height: height && `${height}px`, aspectRatio: ratio }} />;
}
