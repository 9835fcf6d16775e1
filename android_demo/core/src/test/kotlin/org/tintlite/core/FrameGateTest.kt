package org.tintlite.core

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.Collections
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

class FrameGateTest {
    private val dropped = Collections.synchronizedList(ArrayList<Int>())
    private val gate = FrameGate<Int> { dropped.add(it) }

    @Test
    fun newestWaits() {
        assertNull(gate.poll())
        (1..3).forEach(gate::offer)
        assertEquals(3, gate.poll())
        assertNull(gate.poll())
        assertEquals(listOf(1, 2), dropped)
        assertEquals(2, gate.dropped)
        gate.offer(4)
        assertEquals(4, gate.take())
    }

    @Test
    fun closedGateDropsAll() {
        gate.offer(1)
        gate.close()
        gate.offer(2)
        assertEquals(listOf(1, 2), dropped)
        assertEquals("the stale ones alone", 0, gate.dropped)
        assertNull(gate.take())
        gate.close()
    }

    @Test
    fun closingWakesWhoWaits() {
        val pool = Executors.newSingleThreadExecutor()
        val taken = pool.submit<Int?> { gate.take() }
        gate.close()
        assertNull(taken.get(30, TimeUnit.SECONDS))
        pool.shutdown()
    }

    @Test
    fun everyFrameIsTakenOrDroppedOnce() {
        val frames = 20_000
        val taken = ArrayList<Int>()
        val started = CountDownLatch(1)
        val pool = Executors.newSingleThreadExecutor()
        val consumer = pool.submit {
            started.countDown()
            while (true) taken.add(gate.take() ?: break)
        }
        started.await()
        for (frame in 1..frames) gate.offer(frame)
        while (taken.lastOrNull() != frames && !consumer.isDone) Thread.sleep(1)
        gate.close()
        consumer.get(30, TimeUnit.SECONDS)
        pool.shutdown()
        assertEquals(taken.sorted(), taken)
        assertEquals((1..frames).toList(), (taken + dropped).sorted())
        assertTrue(taken.last() == frames)
    }
}
