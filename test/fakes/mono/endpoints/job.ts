import { jobData } from '../job-data.ts';
import { ApiError } from '../wire/api-error.ts';
import { linkedAccount, type Handle } from './handle.ts';

/** GET /v2/accounts/{id}/jobs/{jobId} (docs/financial-data/realtime-data). */
export const describeJob: Handle = (fake, request) => {
  const account = linkedAccount(fake, request);
  const job = fake.world.jobs.get(request.job ?? '');
  if (job?.accountId !== account.id) throw new ApiError(404, 'This job does not exist');
  return {
    message: job.status === 'processing' ? 'Job is processing' : 'Job execution completed',
    data: jobData(fake.world, job),
  };
};
