# One image for every service of docker-compose.yml; the command chooses which.
FROM node:20-bookworm AS build
WORKDIR /app
# Dependencies first: they change less often than the sources, and compiling node-rdkafka takes minutes.
COPY package.json package-lock.json ./
# The image brings Node's headers, so that none are downloaded; node-rdkafka's makefile cannot run several jobs at once.
RUN npm ci --ignore-scripts --no-audit --no-fund \
 && JOBS=1 npm_config_nodedir=/usr/local npm rebuild node-rdkafka
COPY . .
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

# The same base as above, since node-rdkafka is linked against its system libraries.
FROM node:20-bookworm
WORKDIR /app
# UV_THREADPOOL_SIZE: each call into librdkafka that waits holds a thread of the pool, which has 4 by default.
# NODE_OPTIONS: a commit's worth of events must not grow old, or it is copied again and again; V8's threads must not take
# from the cores that the stages need.
ENV NODE_ENV=production UV_THREADPOOL_SIZE=16 NODE_OPTIONS="--max-semi-space-size=32 --v8-pool-size=1"
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/sql ./sql
COPY --from=build /app/data ./data
USER node
ENTRYPOINT ["node", "dist/cli/oms.js"]
CMD ["--help"]
