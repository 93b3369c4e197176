import Database from 'libsql'

export class Notes {
  #database
  #insert
  #find

  constructor(file) {
    this.#database = new Database(file)
    this.#database.exec('create table if not exists notes (id integer primary key, text text)')
    this.#insert = this.#database.prepare('insert into notes (text) values (?)')
    this.#find = this.#database.prepare('select id, text from notes where text like ? order by id')
  }

  add(...texts) {
    this.#database.transaction(() => {
      for (const text of texts) this.#insert.run(text)
    })()
    return texts.length
  }

  find(word) {
    return this.#find.all(`%${word}%`)
  }

  /** All rows, one by one. */
  *[Symbol.iterator]() {
    for (const row of this.#database.prepare('select text from notes order by id').iterate()) yield row.text
  }

  [Symbol.dispose]() {
    this.#database.close()
  }
}
