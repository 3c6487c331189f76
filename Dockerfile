# One image for every Freshet process; docker-compose.yml says which one to run.
# Node 24 runs the .ts files as they are: there is nothing to compile.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

FROM base AS dependencies
COPY package.json package-lock.json ./
# No package's install script runs (whatever this npm thinks of `allowScripts`): production needs none. So the `node`
# package, which is for machines with an older Node, brings no binary, and its dangling link is removed.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    && rm -rf node_modules/node node_modules/.bin/node
# Temporal's native bridge comes for five platforms (and with its source); only the one that this image runs on is kept.
RUN cd node_modules/@temporalio/core-bridge \
    && find releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} + \
    && rm -rf sdk-core Cargo.lock \
    && node -e 'require("@temporalio/core-bridge")'

FROM dependencies AS workflows
COPY . .
RUN node worker/bundle-main.ts /app/workflow-bundle.js

FROM base
# Temporal's native client trusts the system's root certificates, and the slim image has none: give it Node's.
RUN mkdir -p /etc/ssl/certs \
    && node -p 'require("node:tls").rootCertificates.join("\n")' > /etc/ssl/certs/ca-certificates.crt \
    # A named volume mounted here belongs to the user that writes to it.
    && install -d -o node -g node /var/lib/freshet
COPY --from=dependencies /app/node_modules node_modules
COPY --from=workflows /app/workflow-bundle.js .
COPY . .
ENV FRESHET_WORKFLOW_BUNDLE=/app/workflow-bundle.js \
    FRESHET_API_HOST=0.0.0.0 \
    FRESHET_SANDBOX_HOST=0.0.0.0
USER node
CMD ["node", "api/server.ts"]
LABEL org.opencontainers.image.title="Freshet" \
      org.opencontainers.image.description="Keeps the balances and transactions of linked bank accounts fresh in your own Postgres" \
      org.opencontainers.image.licenses="Apache-2.0"
