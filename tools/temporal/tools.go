//go:build tools

// Package tools pins the Temporal CLI, whose development server `npm start` and `npm test` run where
// no `temporal` binary can be found or downloaded. See README.md in this folder.
package tools

import _ "github.com/temporalio/cli/cmd/temporal"
