import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Metadata key of {@link Public}. */
export const IS_PUBLIC = 'spotlight:public';

/** A route that answers without a session. Its path must be in `PUBLIC_ROUTES` as well; everything else is refused. */
export function Public(): CustomDecorator {
  return SetMetadata(IS_PUBLIC, true);
}
