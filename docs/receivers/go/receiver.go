// Receives events of Freshet: verifies them, stores them, answers, and then does its work.
//
//	WEBHOOK_SECRETS=whsec_… go run receiver.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A hundred transactions, the most in one event, take 100 KB; with very long texts more.
const mostBytes = 8 << 20

const tolerance = 5 * time.Minute

// Amounts are text. To reckon with one, use math/big's Rat or a decimal package, never a float64,
// which holds 0.1 only nearly.
type event struct {
	Type string `json:"type"`
	// Counts the events of an account from 1. Those in a gap are on their way, or not asked for.
	Sequence *int64 `json:"sequence"`
	// Of a form that its type decides.
	Data json.RawMessage `json:"data"`
}

// Without Balance where only ids are sent: then ask the API for it.
type balanceData struct {
	Balance *balance `json:"balance"`
}

// Without Transactions where only ids are sent: then ask the API for them.
type transactionData struct {
	Transactions struct {
		Added   []transaction `json:"added"`
		Changed []transaction `json:"changed"`
		Removed []transaction `json:"removed"`
	} `json:"transactions"`
}

type balance struct {
	AccountID string    `json:"account_id"`
	Current   *string   `json:"current"`
	Available *string   `json:"available"`
	Currency  string    `json:"currency"`
	DataAsOf  time.Time `json:"data_as_of"`
	ChangedAt time.Time `json:"changed_at"`
}

type transaction struct {
	ID           string     `json:"id"`
	AccountID    string     `json:"account_id"`
	Status       string     `json:"status"`
	Amount       string     `json:"amount"`
	Currency     string     `json:"currency"`
	Description  *string    `json:"description"`
	TransactedAt time.Time  `json:"transacted_at"`
	RemovedAt    *time.Time `json:"removed_at"`
	ChangedAt    time.Time  `json:"changed_at"`
}

// A store holds events that wait (new), those that were handled (handled), and what they told.
//
// Go brings no database along, so folders stand for tables here and a file's name for the unique
// key. In yours: insert into received_events (id, body) values ($1, $2) on conflict do nothing,
// and each event is handled in one transaction with the note that it is.
type store struct{ folder string }

func openStore(folder string) (store, error) {
	for _, table := range []string{"new", "handled", "balances", "transactions"} {
		if err := os.MkdirAll(filepath.Join(folder, table), 0o700); err != nil {
			return store{}, err
		}
	}
	return store{folder}, nil
}

func (s store) path(table, id string) string { return filepath.Join(s.folder, table, id+".json") }

// write is durable when it returns, and whole or not at all.
func (s store) write(table, id string, content []byte) error {
	file, err := os.CreateTemp(s.folder, "part-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), s.path(table, id)); err != nil {
		return err
	}
	return syncFolder(filepath.Join(s.folder, table))
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (s store) has(table, id string) bool {
	_, err := os.Stat(s.path(table, id))
	return err == nil
}

// put writes a row unless the one that is there is newer: retries may overtake.
func (s store) put(table, id string, changedAt time.Time, row any) error {
	var there struct {
		ChangedAt time.Time `json:"changed_at"`
	}
	content, err := os.ReadFile(s.path(table, id))
	if err == nil {
		err = json.Unmarshal(content, &there)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if changedAt.Before(there.ChangedAt) {
		return nil
	}
	content, err = json.Marshal(row)
	if err != nil {
		return err
	}
	return s.write(table, id, content)
}

func (s store) handle(told event) error {
	switch told.Type {
	case "balance.success":
		var data balanceData
		if err := json.Unmarshal(told.Data, &data); err != nil {
			return err
		}
		if row := data.Balance; row != nil {
			return s.put("balances", row.AccountID, row.ChangedAt, row)
		}
	case "transaction.success":
		var data transactionData
		if err := json.Unmarshal(told.Data, &data); err != nil {
			return err
		}
		// All alike: each row shows its newest state, and removed_at whether the bank still has it.
		rows := data.Transactions
		for _, list := range [][]transaction{rows.Added, rows.Changed, rows.Removed} {
			for _, row := range list {
				if err := s.put("transactions", row.ID, row.ChangedAt, row); err != nil {
					return err
				}
			}
		}
	}
	// Other types, those to come among them, are none of our business.
	return nil
}

// handleNew handles what is stored. One that it was interrupted in is handled once more: put twice,
// a row is the same.
func (s store) handleNew() {
	// Sorted by name, which is the id of the event: so by the time of the event.
	waiting, err := filepath.Glob(filepath.Join(s.folder, "new", "*.json"))
	if err != nil {
		log.Print(err)
	}
	for _, path := range waiting {
		id := strings.TrimSuffix(filepath.Base(path), ".json")
		var told event
		content, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(content, &told)
		}
		if err == nil {
			err = s.handle(told)
		}
		if err == nil {
			err = os.Rename(path, s.path("handled", id))
		}
		if err != nil {
			// It stays stored, is tried again in a minute, and holds up none behind it.
			log.Printf("cannot handle %s: %v", id, err)
			continue
		}
		fmt.Println("handled", told.Type, id)
	}
}

type receiver struct {
	keys  [][]byte
	store store
	wake  chan struct{}
	// Held by the one request that looks whether an event is there, and stores it.
	storing chan struct{}
}

var isID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,100}$`).MatchString

// isSigned checks by Standard Webhooks: one of the signatures is right, and it was made just now.
func (r receiver) isSigned(header http.Header, body []byte) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	for _, key := range r.keys {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.", id, timestamp)
		mac.Write(body)
		right := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, signature := range strings.Fields(header.Get("webhook-signature")) {
			if hmac.Equal([]byte(signature), []byte(right)) {
				return true
			}
		}
	}
	return false
}

// receive answers with a status, and with why it is none of success: Freshet shows that to its
// operator.
func (r receiver) receive(w http.ResponseWriter, request *http.Request) (int, string) {
	if request.Method != http.MethodPost {
		return 405, "POST only"
	}
	// The exact bytes: they are what is signed.
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, mostBytes))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return 413, "too large"
	} else if err != nil {
		return 400, "incomplete"
	}
	if !r.isSigned(request.Header, body) {
		return 401, "the signature is wrong, or too old"
	}
	id := request.Header.Get("webhook-id")
	if !json.Valid(body) || !isID(id) {
		return 400, "not JSON"
	}
	r.storing <- struct{}{}
	defer func() { <-r.storing }()
	// The same id on every attempt: what comes again is not stored again, and so not handled again.
	if r.store.has("new", id) || r.store.has("handled", id) {
		return 204, ""
	}
	if err := r.store.write("new", id, body); err != nil {
		// Not stored, so not a success: it will come again.
		log.Print("cannot receive: ", err)
		return 500, ""
	}
	select {
	case r.wake <- struct{}{}:
	default: // It will look anyway.
	}
	return 204, ""
}

func (r receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	status, why := r.receive(w, request)
	w.WriteHeader(status)
	if why != "" {
		fmt.Fprint(w, why)
	}
}

// keysOf reads secrets: several, with spaces between them, while one is rotated.
func keysOf(secrets string) ([][]byte, error) {
	var keys [][]byte
	for _, secret := range strings.Fields(secrets) {
		text, isSecret := strings.CutPrefix(secret, "whsec_")
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || !isSecret {
			return nil, errors.New("WEBHOOK_SECRETS holds what is no whsec_ secret")
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("WEBHOOK_SECRETS is not set")
	}
	return keys, nil
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	keys, err := keysOf(os.Getenv("WEBHOOK_SECRETS"))
	if err != nil {
		log.Fatal(err)
	}
	store, err := openStore(setting("FOLDER", "received"))
	if err != nil {
		log.Fatal(err)
	}
	r := receiver{keys, store, make(chan struct{}, 1), make(chan struct{}, 1)}
	go func() {
		// Also what was stored and not handled when the program ended, and what could not be handled.
		for {
			store.handleNew()
			select {
			case <-r.wake:
			case <-time.After(time.Minute):
			}
		}
	}()
	address := net.JoinHostPort(setting("HOST", "127.0.0.1"), setting("PORT", "8080"))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	server := &http.Server{Handler: r, ReadTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute}
	log.Fatal(server.Serve(listener))
}
