import { z } from 'zod';
import type { EndpointRules } from '../../config/endpoint-rules.ts';
import { refuseUrl } from '../../events/endpoint-url.ts';

/** A URL that the operator's rules allow events to be delivered to. */
export const endpointUrl = (rules: EndpointRules) =>
  z
    .string({ error: 'must be a URL' })
    .superRefine((text, context) => {
      const message = refuseUrl(text, rules);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .meta({ format: 'uri' });
