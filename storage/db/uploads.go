package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"touchstone.internal/pipeline"
)

// uploadColumns are the columns that scanUpload reads, in order.
const uploadColumns = `id, account, file_name, size, digest, begun_at, touched_at, document_id`

func scanUpload(scan func(...any) error) (u pipeline.Upload, err error) {
	var begun, touched int64
	err = scan(&u.ID, &u.Account, &u.FileName, &u.Size, &u.Digest, &begun, &touched, &u.Document)
	u.BegunAt, u.TouchedAt = timeOf(begun), timeOf(touched)
	return u, err
}

// BeginUpload records an upload; see pipeline.Uploads. Many that begin at once
// may exceed a limit by as many.
func (d *DB) BeginUpload(ctx context.Context, u pipeline.Upload, most pipeline.UploadLimits, who pipeline.Account) (pipeline.Upload, error) {
	const same = `
		SELECT ` + uploadColumns + `
		FROM uploads
		WHERE account = $1 AND digest = $2 AND digest <> '' AND size = $3 AND document_id = ''
		ORDER BY begun_at, id
		LIMIT 1`
	const counts = `
		SELECT COUNT(*), COALESCE(SUM(CASE WHEN account = $1 THEN 1 ELSE 0 END), 0)
		FROM uploads
		WHERE document_id = ''`
	const insert = `
		INSERT INTO uploads (` + uploadColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $6, '')`
	begun := u
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		before, err := scanUpload(tx.QueryRowContext(ctx, same, text(u.Account), u.Digest, u.Size).Scan)
		if err == nil {
			begun = before
			return nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var all, each int
		if err := tx.QueryRowContext(ctx, counts, text(u.Account)).Scan(&all, &each); err != nil {
			return err
		}
		if all >= most.All || each >= most.Each {
			return pipeline.ErrTooMany
		}
		if _, err := tx.ExecContext(ctx, insert, u.ID, text(u.Account), text(u.FileName), u.Size, u.Digest, micros(u.BegunAt)); err != nil {
			return err
		}
		return appendAudit(ctx, tx, uploadEvent(u.ID, who, u.BegunAt, pipeline.OpCollect, "upload_begun"))
	})
	if err != nil {
		return pipeline.Upload{}, fmt.Errorf("begin upload: %w", err)
	}
	return begun, nil
}

// uploadEvent is what the audit log keeps of an upload.
func uploadEvent(id string, who pipeline.Account, at time.Time, op pipeline.Operation, detail string) pipeline.AuditEvent {
	return pipeline.AuditEvent{At: at, Actor: pipeline.Actor{Account: who.Name, Role: who.Role}, Operation: op, Object: id, Detail: detail}
}

// FindUpload gives an upload; ErrNotFound if there is none.
func (d *DB) FindUpload(ctx context.Context, id string) (pipeline.Upload, error) {
	const query = `
		SELECT ` + uploadColumns + `
		FROM uploads
		WHERE id = $1`
	u, err := scanUpload(d.read.QueryRowContext(ctx, query, text(id)).Scan)
	if err != nil {
		return pipeline.Upload{}, fmt.Errorf("find upload: %w", notFound(err))
	}
	return u, nil
}

// ListUploads gives the unfinished uploads of an account, oldest first.
func (d *DB) ListUploads(ctx context.Context, account string) ([]pipeline.Upload, error) {
	const query = `
		SELECT ` + uploadColumns + `
		FROM uploads
		WHERE account = $1 AND document_id = ''
		ORDER BY begun_at, id`
	us, err := uploads(ctx, d.read, query, text(account))
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	return us, nil
}

// uploads reads all rows of a query of uploadColumns.
func uploads(ctx context.Context, q queryer, query string, args ...any) (us []pipeline.Upload, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		u, err := scanUpload(rows.Scan)
		if err != nil {
			return nil, err
		}
		us = append(us, u)
	}
	return us, rows.Err()
}

// TouchUpload says that a piece has come.
func (d *DB) TouchUpload(ctx context.Context, id string, now time.Time) error {
	const statement = `
		UPDATE uploads
		SET touched_at = $2
		WHERE id = $1`
	if _, err := d.write.ExecContext(ctx, statement, text(id), micros(now)); err != nil {
		return fmt.Errorf("touch upload: %w", err)
	}
	return nil
}

// FinishUpload says what document an upload has become.
func (d *DB) FinishUpload(ctx context.Context, id string, doc pipeline.DocumentID, now time.Time) error {
	const statement = `
		UPDATE uploads
		SET document_id = $2, touched_at = $3
		WHERE id = $1`
	if _, err := d.write.ExecContext(ctx, statement, text(id), doc, micros(now)); err != nil {
		return fmt.Errorf("finish upload: %w", err)
	}
	return nil
}

// DropUpload forgets an unfinished upload; ErrNotFound if there is none.
func (d *DB) DropUpload(ctx context.Context, id string, who pipeline.Account, now time.Time) error {
	const statement = `
		DELETE FROM uploads
		WHERE id = $1 AND document_id = ''`
	err := d.inTx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, statement, text(id))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, pipeline.ErrNotFound)
		}
		return appendAudit(ctx, tx, uploadEvent(id, who, now, pipeline.OpErase, "upload_dropped"))
	})
	if err != nil {
		return fmt.Errorf("drop upload: %w", err)
	}
	return nil
}

// ExpireUploads forgets what nobody went on with, and what was finished long
// ago; see pipeline.Uploads.
func (d *DB) ExpireUploads(ctx context.Context, before, now time.Time) (gone []pipeline.Upload, err error) {
	const statement = `
		DELETE FROM uploads
		WHERE touched_at < $1
		RETURNING ` + uploadColumns
	system := pipeline.Account{Role: pipeline.RoleSystem}
	err = d.inTx(ctx, func(tx *sql.Tx) error {
		if gone, err = uploads(ctx, tx, statement, micros(before)); err != nil {
			return err
		}
		for _, u := range gone {
			if u.Document != "" {
				continue // the document lives on
			}
			if err := appendAudit(ctx, tx, uploadEvent(u.ID, system, now, pipeline.OpErase, "upload_expired")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("expire uploads: %w", err)
	}
	return gone, nil
}
